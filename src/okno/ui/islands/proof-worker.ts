// Finds the number that proves some work: SHA-256 of "<key>:<number>" begins with so many zero bits. The page goes on
// meanwhile. The server checks it with one hash (modules/form/guard/proof.py).
import { beginsWithZeros, sha256 } from "./sha256";

interface Wanted {
  key: string;
  bits: number;
}

self.onmessage = ({ data }: MessageEvent<Wanted>) => {
  let answer = 0;
  while (!beginsWithZeros(sha256(`${data.key}:${answer}`), data.bits)) answer++;
  self.postMessage(String(answer));
};
