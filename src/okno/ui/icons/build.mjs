// Take the icons named in names.txt out of lucide and write icons.json: name -> what stands inside <svg>.
// Run it (npm run icons) after adding a name; the result is committed, so serving pages needs no node.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const lucide = dirname(createRequire(import.meta.url).resolve("lucide-static/package.json"));
const names = readFileSync(join(here, "names.txt"), "utf8").split("\n").filter(Boolean).sort();
const icons = {};
for (const name of names) {
  const svg = readFileSync(join(lucide, "icons", `${name}.svg`), "utf8");
  const inside = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg);
  if (!inside) throw new Error(`lucide's ${name}.svg is not understood`);
  icons[name] = inside[1].replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
}
writeFileSync(join(here, "icons.json"), `${JSON.stringify(icons, null, 1)}\n`);
console.log(`${names.length} icons`);
