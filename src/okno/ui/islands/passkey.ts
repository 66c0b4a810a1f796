// A form whose field `credential` is filled by a passkey: made on this device, or asked for.
//
//   <ok-passkey data-act="create" data-options='{"publicKey":…}' data-failed="…" data-missing="…">
//     <form method="post">… <input type="hidden" name="credential">
//       <button type="button" data-start>…</button> <p data-words role="status"></p></form></ok-passkey>
//
// data-act is `create` or `get`; instead of data-options, data-url gives them as JSON {request_options} when they are
// needed. Bytes travel as base64url, as WebAuthn's own JSON form has them. Without scripts the button is not shown.
import { OkElement } from "./element";

type Json = Record<string, unknown>;
interface Options {
  publicKey: Json;
}

export class OkPasskey extends OkElement {
  protected start(): void {
    const button = this.need<HTMLButtonElement>("[data-start]");
    if (!("PublicKeyCredential" in window)) {
      button.disabled = true;
      this.#say(this.dataset.missing);
      return;
    }
    this.listen(button, "click", () => void this.#run(button));
  }

  async #run(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.#say("");
    try {
      const credential = await this.#ask(await this.#options());
      this.need<HTMLInputElement>("[name=credential]").value = JSON.stringify(credential);
      this.need<HTMLFormElement>("form").submit();
    } catch {
      // Whoever closes the browser's dialog, waits too long or has no such key may try again.
      this.#say(this.dataset.failed);
      button.disabled = false;
    }
  }

  async #options(): Promise<Options> {
    if (this.dataset.options) return JSON.parse(this.dataset.options) as Options;
    const response = await fetch(this.dataset.url ?? "", {
      headers: { Accept: "application/json" },
      signal: this.signal,
    });
    if (!response.ok) throw new Error(`the challenge was refused: ${String(response.status)}`);
    return ((await response.json()) as { request_options: Options }).request_options;
  }

  async #ask({ publicKey }: Options): Promise<Json> {
    const asked = { ...publicKey, challenge: toBytes(publicKey.challenge) };
    const credential =
      this.dataset.act === "create"
        ? await navigator.credentials.create({ publicKey: creation(asked), signal: this.signal })
        : await navigator.credentials.get({ publicKey: request(asked), signal: this.signal });
    if (!(credential instanceof PublicKeyCredential)) throw new Error("no passkey");
    return answer(credential);
  }

  #say(words: string | undefined): void {
    this.need("[data-words]").textContent = words ?? "";
  }
}

function creation(asked: Json): PublicKeyCredentialCreationOptions {
  const user = asked.user as Json;
  return {
    ...asked,
    user: { ...user, id: toBytes(user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function request(asked: Json): PublicKeyCredentialRequestOptions {
  return { ...asked, allowCredentials: known(asked.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions;
}

function known(listed: unknown): Json[] {
  return Array.isArray(listed) ? (listed as Json[]).map((one) => ({ ...one, id: toBytes(one.id) })) : [];
}

function answer(credential: PublicKeyCredential): Json {
  const given = credential.response;
  const response: Json = { clientDataJSON: toText(given.clientDataJSON) };
  if (given instanceof AuthenticatorAttestationResponse) response.attestationObject = toText(given.attestationObject);
  if (given instanceof AuthenticatorAssertionResponse) {
    response.authenticatorData = toText(given.authenticatorData);
    response.signature = toText(given.signature);
    if (given.userHandle) response.userHandle = toText(given.userHandle);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function toBytes(text: unknown): Uint8Array {
  const plain = String(text).replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
}

function toText(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
