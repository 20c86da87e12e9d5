// Writes static/icons.svg: the icons that Guichet uses, taken from bootstrap-icons (MIT).
// Add a name below, then `npm run icons`.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const NAMES = `
archive arrow-clockwise arrow-counterclockwise arrow-down arrow-down-up arrow-left arrow-left-right arrow-right
arrow-up at bell bell-slash box-arrow-in-right box-arrow-right box-arrow-up-right briefcase building calendar3 camera
card-list cash-coin chat-left-text check-circle check-circle-fill check-lg chevron-down chevron-left chevron-right
circle-half clipboard clipboard-check clock clock-history cloud-upload dash-circle device-ssd download envelope
envelope-check envelope-exclamation envelope-open exclamation-circle exclamation-triangle eye eye-slash
file-earmark file-earmark-check file-earmark-excel file-earmark-image file-earmark-lock file-earmark-pdf
file-earmark-plus file-earmark-text file-earmark-word file-earmark-zip filter flag folder folder-plus
folder-symlink folder2-open gear globe2 grid hand-index-thumb hourglass-split house inbox info-circle journal-text
key life-preserver lightning-charge link-45deg list list-check lock megaphone moon-stars paperclip patch-check pause-circle
pen pencil people person person-badge person-check person-gear person-plus person-vcard phone plus-lg printer qr-code
question-circle receipt reply search send send-check send-x server shield-check shield-lock sliders star stopwatch sun
square check-square-fill dice-5 tag telephone three-dots-vertical trash unlock upload wallet2 x-circle x-lg
`.trim().split(/\s+/);

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = process.env.ICONS || here("../../node_modules/bootstrap-icons/icons");

const symbols = NAMES.map((name) => {
  const svg = readFileSync(`${source}/${name}.svg`, "utf8");
  const inside = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${inside}</symbol>`;
});

const licence = "<!-- Bootstrap Icons, MIT, Copyright (c) The Bootstrap Authors -->";
writeFileSync(here("../icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${symbols.join("\n")}\n</svg>\n`);
