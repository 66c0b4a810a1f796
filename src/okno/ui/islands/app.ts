// Loads htmx and every island. The editor is heavy and comes in its own chunk when a composer is on the page.
import htmx from "htmx.org";

import "./anywhere";
import "./ticking";
import { define } from "./element";
import { OkBell } from "./bell";
import { OkCall } from "./call";
import { OkComposer } from "./composer";
import { OkEmbed } from "./embed";
import { OkList } from "./list";
import { OkLive } from "./live";
import { OkMailFrame } from "./mail-frame";
import { OkMenu } from "./menu";
import { OkPalette } from "./palette";
import { OkPasskey } from "./passkey";
import { OkRefresh } from "./refresh";
import { OkSendForm } from "./send-form";
import { OkShortcuts } from "./shortcuts";
import { OkSuggest } from "./suggest";
import { OkTheme } from "./theme";
import { OkToast } from "./toast";
import { OkTokens } from "./tokens";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

window.htmx = htmx;

define({
  "ok-toast": OkToast,
  "ok-live": OkLive,
  "ok-theme": OkTheme,
  "ok-menu": OkMenu,
  "ok-list": OkList,
  "ok-tokens": OkTokens,
  "ok-passkey": OkPasskey,
  "ok-refresh": OkRefresh,
  "ok-composer": OkComposer,
  "ok-palette": OkPalette,
  "ok-bell": OkBell,
  "ok-mail-frame": OkMailFrame,
  "ok-shortcuts": OkShortcuts,
  "ok-suggest": OkSuggest,
  "ok-send-form": OkSendForm,
  "ok-embed": OkEmbed,
  "ok-call": OkCall,
});

// Shows what is only for those who have scripts (.needs-js).
document.documentElement.dataset.islands = "";
