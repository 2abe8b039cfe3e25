// The little of Node.js that the client needs, so that its build needs no other types.
declare module 'node:crypto' {
  interface Hmac {
    update(data: string | Uint8Array): Hmac;
    digest(encoding: 'hex'): string;
  }
  export function createHmac(algorithm: string, key: string): Hmac;
  export function timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean;
  export function randomUUID(): string;
}

declare const process: { env: Record<string, string | undefined> };
