// Writes static/icons.svg and static/icons-office.svg: the icons that Guichet uses, from bootstrap-icons (MIT).
// The first is what a visitor of the portal waits for, so it holds only what the portal and the components show.
// Add a name to one list, then `npm run icons`.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PORTAL = `
arrow-right bell box-arrow-in-right box-arrow-right check-circle-fill check-lg chevron-down chevron-left chevron-right
circle-half clock cloud-upload download envelope exclamation-circle exclamation-triangle eye eye-slash file-earmark
file-earmark-check file-earmark-pdf file-earmark-text folder folder2-open globe2 hourglass-split house inbox
info-circle lock patch-check pen person receipt search send-check shield-lock star three-dots-vertical wallet2
x-circle x-lg
`;

const OFFICE = `
archive arrow-clockwise arrow-counterclockwise arrow-down arrow-down-up arrow-left arrow-left-right arrow-up at
bell-slash box-arrow-up-right briefcase building calendar3 camera card-list cash-coin chat-left-text check-circle
check-square-fill clipboard clipboard-check clock-history dash-circle device-ssd dice-5 envelope-check
envelope-exclamation envelope-open file-earmark-excel file-earmark-image file-earmark-lock file-earmark-plus
file-earmark-word file-earmark-zip filter flag folder-plus folder-symlink gear grid hand-index-thumb journal-text key
life-preserver lightning-charge link-45deg list list-check megaphone moon-stars paperclip pause-circle pencil people
person-badge person-check person-gear person-plus person-vcard phone plus-lg printer qr-code question-circle reply
send send-x server shield-check sliders square stopwatch sun tag telephone trash unlock upload
`;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = process.env.ICONS || here("../../node_modules/bootstrap-icons/icons");

const symbol = (name) => {
  const svg = readFileSync(`${source}/${name}.svg`, "utf8");
  const inside = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${inside}</symbol>`;
};

const licence = "<!-- Bootstrap Icons, MIT, Copyright (c) The Bootstrap Authors -->";
for (const [file, names] of [["icons.svg", PORTAL], ["icons-office.svg", OFFICE]]) {
  const symbols = names.trim().split(/\s+/).map(symbol).join("\n");
  writeFileSync(here(`../${file}`), `<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${symbols}\n</svg>\n`);
}
