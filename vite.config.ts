import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// The sources are src/okno/ui/{css,islands}; django-vite finds the result by static/ui/dist/manifest.json.
export default defineConfig({
  root: "src/okno/ui",
  base: "./",
  publicDir: false,
  plugins: [tailwindcss()],
  build: {
    outDir: "static/ui/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // htmx has an eval that allowEval: false keeps from running; the policy would stop it anyway.
      checks: { eval: false },
      input: {
        app: "islands/app.ts",
        styles: "css/okno.css",
      },
    },
  },
  worker: { format: "es" },
});
