// The shared worker: one event stream for all tabs of the browser (with one each, the seventh tab hangs on HTTP/1.1).
import { LiveStream, type LiveMessage } from "./live-stream";

interface Hello {
  url: string;
  after: string;
}

// What came while a page was on its way from the server; hearing an event twice does no harm.
const REPLAY_MS = 10_000;

const ports = new Set<MessagePort>();
let recent: { at: number; message: LiveMessage }[] = [];
let isOpen = false;
let stream: LiveStream | undefined;

function say(message: LiveMessage): void {
  if (message.kind === "state") isOpen = message.isOpen;
  else recent = [...recent.filter(({ at }) => at > Date.now() - REPLAY_MS), { at: Date.now(), message }];
  for (const port of ports) port.postMessage(message);
}

function connect(port: MessagePort): void {
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<Hello | "bye">) => {
    if (data === "bye") {
      ports.delete(port);
    } else if (stream) {
      port.postMessage({ kind: "state", isOpen } satisfies LiveMessage);
      for (const { at, message } of recent) if (at > Date.now() - REPLAY_MS) port.postMessage(message);
    } else {
      stream = new LiveStream(data.url, data.after, say);
    }
  };
}

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = ({ ports: [port] }) => {
  if (port) connect(port);
};
