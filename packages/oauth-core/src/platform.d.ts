// The deterministic globals that core may name. Everything else that a runtime offers (clock, randomness, timers,
// network, process, console) is absent on purpose: it arrives through a port, see `ports.ts`.

interface URLSearchParams extends Iterable<[string, string]> {
  append(name: string, value: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string): boolean;
  toString(): string;
}

declare var URLSearchParams: {
  new (init?: string | readonly [string, string][]): URLSearchParams;
};

interface URL {
  readonly hash: string;
  readonly host: string;
  readonly hostname: string;
  readonly href: string;
  readonly origin: string;
  readonly password: string;
  readonly pathname: string;
  readonly port: string;
  readonly protocol: string;
  readonly search: string;
  readonly searchParams: URLSearchParams;
  readonly username: string;
}

declare var URL: {
  new (url: string, base?: string): URL;
};

interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare var TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(bytes: Uint8Array): string;
}

declare var TextDecoder: {
  new (label: "utf-8", options: { readonly fatal: true; readonly ignoreBOM: true }): TextDecoder;
};

declare function btoa(binary: string): string;
declare function atob(base64: string): string;
