// SHA-256 (FIPS 180-4) of short texts. The browser's own is only there over TLS, and asks too much for each call.

const CONSTANTS = new Uint32Array(64);
const START = new Uint32Array(8);

// The first 32 bits of the fractional parts of the roots of the first primes.
(function fill(): void {
  const fraction = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) >>> 0;
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false;
    if (!isPrime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(candidate));
    CONSTANTS[found++] = fraction(Math.cbrt(candidate));
  }
})();

const schedule = new Uint32Array(64);
const state = new Uint32Array(8);

/** Return the eight words of the hash of an ASCII text of at most 55 characters: one block. */
export function sha256(text: string): Uint32Array {
  schedule.fill(0, 0, 16);
  for (let index = 0; index < text.length; index++) put(index, text.charCodeAt(index));
  put(text.length, 0x80);
  schedule[15] = text.length * 8;
  for (let index = 16; index < 64; index++) {
    const before = at(schedule, index - 15);
    const last = at(schedule, index - 2);
    const small = turned(before, 7) ^ turned(before, 18) ^ (before >>> 3);
    const large = turned(last, 17) ^ turned(last, 19) ^ (last >>> 10);
    schedule[index] = at(schedule, index - 16) + small + at(schedule, index - 7) + large;
  }
  return compressed();
}

/** Tell whether a hash begins with so many zero bits. */
export function beginsWithZeros(hash: Uint32Array, bits: number): boolean {
  return bits <= 32 && (bits === 0 || at(hash, 0) >>> (32 - bits) === 0);
}

function put(index: number, byte: number): void {
  const word = index >> 2;
  schedule[word] = at(schedule, word) | (byte << (24 - 8 * (index & 3)));
}

// The names of the standard. Kept in plain variables: this is the loop that costs.
function compressed(): Uint32Array {
  let a = at(START, 0);
  let b = at(START, 1);
  let c = at(START, 2);
  let d = at(START, 3);
  let e = at(START, 4);
  let f = at(START, 5);
  let g = at(START, 6);
  let h = at(START, 7);
  for (let index = 0; index < 64; index++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first =
      (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + at(CONSTANTS, index) + at(schedule, index)) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state.set([a, b, c, d, e, f, g, h]);
  for (let index = 0; index < 8; index++) state[index] = at(state, index) + at(START, index);
  return state;
}

function turned(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
