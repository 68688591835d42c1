import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";

import type { RecordReader, RecordWriter } from "./record-bytes.ts";

/** Writes events into records, and reads them there. */
export interface EventFormat {
  /** Writes the members of an event, but for its `cause`. */
  readonly write: (event: AuditEvent, writer: RecordWriter) => void;
  readonly read: (reader: RecordReader) => AuditEvent;
}

/** What the members of events are. */
type Member = string | number | boolean | undefined | readonly string[];

// Somebody else's error quotes what it likes: nobody is ever shown it, and so it is not kept.
type WithoutCause<Event> = Event extends unknown ? Omit<Event, "cause"> : never;

const kinds = { absent: 0, no: 1, yes: 2, number: 3, texts: 4, text: 5 } as const;

/** Makes a format. It remembers which members the events that it has seen had: they are few kinds, and named once. */
export function createEventFormat(): EventFormat {
  const shapes: (readonly string[])[] = [];
  let last = 0;

  const shapeOf = (members: Readonly<Record<string, Member>>): number => {
    if (hasShape(members, shapes[last])) return last;
    const known = shapes.findIndex((shape) => hasShape(members, shape));
    last = known === -1 ? shapes.push(Object.keys(members)) - 1 : known;
    return last;
  };
  return {
    write: (event, writer) => {
      // An event with another kind of member does not compile.
      const members: Readonly<Record<string, Member>> = event as WithoutCause<AuditEvent>;
      writer.count(shapeOf(members));
      for (const name in members) writeMember(writer, name === "cause" ? undefined : members[name]);
    },
    read: (reader) => {
      const shape = shapes[reader.count()] ?? [];
      const members = Object.fromEntries(shape.map((name) => [name, readMember(reader)]));
      return members as unknown as AuditEvent;
    },
  };
}

function hasShape(members: object, shape: readonly string[] | undefined): boolean {
  if (shape === undefined) return false;
  let index = 0;
  for (const name in members) {
    if (shape[index] !== name) return false;
    index += 1;
  }
  return index === shape.length;
}

function writeMember(writer: RecordWriter, member: Member): void {
  if (typeof member === "string") {
    writer.count(kinds.text);
    writer.text(member);
  } else if (typeof member === "number") {
    writer.count(kinds.number);
    writer.number(member);
  } else if (typeof member === "object") {
    writer.count(kinds.texts);
    writer.count(member.length);
    for (const text of member) writer.text(text);
  } else {
    writer.count(member === undefined ? kinds.absent : member ? kinds.yes : kinds.no);
  }
}

function readMember(reader: RecordReader): Member {
  switch (reader.count()) {
    case kinds.text:
      return reader.text();
    case kinds.number:
      return reader.number();
    case kinds.texts:
      return Array.from({ length: reader.count() }, reader.text);
    case kinds.no:
      return false;
    case kinds.yes:
      return true;
    default:
      return undefined;
  }
}
