/**
 * What strangers wrote, made fit for a terminal and a log: short, printable, on one line.
 *
 * @module
 */

const maxLength = 200;
const maxItems = 10;

// All but the printable characters of ASCII: what steers a terminal, hides, or looks like another character.
const unprintable = /[^\x20-\x7e]/g;

/** Shows a text in quotation marks. */
export function showText(text: string): string {
  const shown = text.slice(0, maxLength);
  const rest = text.length - shown.length;
  const escaped = JSON.stringify(shown).replace(unprintable, escapeCharacter);
  return rest > 0 ? `${escaped} and ${rest} more characters` : escaped;
}

/** Shows texts in a row; `none` for an empty list. */
export function showTexts(texts: readonly string[]): string {
  if (texts.length === 0) return "none";
  const shown = texts.slice(0, maxItems).map(showText).join(", ");
  return texts.length > maxItems ? `${shown} and ${texts.length - maxItems} more` : shown;
}

/** Shows an instant, in epoch seconds; a clock that yields no number has no text either. */
export function showTime(epochSeconds: number): string {
  return Number.isFinite(epochSeconds) ? new Date(epochSeconds * 1000).toISOString() : "no time";
}

/** Shows an instant, in epoch seconds, and how far it is from `now`. */
export function showInstant(epochSeconds: number, now: number): string {
  const distance = Math.round(Math.abs(now - epochSeconds));
  return `${showTime(epochSeconds)} (${distance} s ${epochSeconds > now ? "ahead" : "ago"})`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
