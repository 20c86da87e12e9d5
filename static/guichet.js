// What the browser adds to pages that already work without it. Everything is delegated from the document,
// so that what HTMX swaps in behaves like what was there; nothing is evaluated and no HTML is made from text.
"use strict";

(() => {
  const YEAR = 31536000;
  const TOAST_STAYS = 8000;

  const on = (type, selector, act, options) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(found, event);
    }, options);

  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  // What only makes sense with a script is hidden by the server, and shown here, also after a swap.

  const wake = (root) => {
    for (const found of root.querySelectorAll(
      "[data-theme-toggle], [data-palette-key], [data-reveal-button], [data-copy], [data-toast-close], [data-select-all], [data-print], [data-pad], [data-needs-script]",
    )) found.hidden = false;
    for (const pile of root.querySelectorAll("[data-pile]")) pile.dataset.awake = "1";
    for (const part of root.querySelectorAll("[data-passkey-part]")) part.hidden = !canKeys;
    for (const bar of root.querySelectorAll("[data-selection]")) count(bar);
    for (const pad of root.querySelectorAll("[data-pad]")) drawPad(pad);
    for (const field of root.querySelectorAll("[data-time-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    for (const choice of root.querySelectorAll("[data-mode-first='1']")) {
      choice.checked = true; // drawing comes first where a script can follow the finger
      choice.dataset.modeFirst = "";
    }
    for (const tab of root.querySelectorAll(".g-tabs [aria-current]")) {
      const strip = tab.closest(".g-tabs"); // on a phone the open one may stand out of sight
      const beyond = tab.getBoundingClientRect().right - strip.getBoundingClientRect().right;
      if (beyond > 0) strip.scrollLeft += beyond + 24;
    }
    for (const toast of root.querySelectorAll("[data-toast]:not([data-keep])")) {
      if (!toast.dataset.leaving) {
        toast.dataset.leaving = "1";
        setTimeout(() => leave(toast), TOAST_STAYS);
      }
    }
    root.querySelector("[data-focus]")?.focus();
  };

  const leave = (toast) => {
    if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), TOAST_STAYS);
    else toast.remove();
  };

  on("click", "[data-toast-close]", (button) => button.closest("[data-toast]").remove());

  // Theme: a cookie, so that the server draws the next page right at once.

  on("click", "[data-theme-toggle]", () => {
    const root = document.documentElement;
    const dark = root.dataset.bsTheme
      ? root.dataset.bsTheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.bsTheme};path=/;max-age=${YEAR};samesite=lax`;
  });

  // Menus and help tips are <details>: only one is open, and Escape or a click elsewhere closes it.

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  on("keydown", "details[data-menu]", (menu, event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const lines = [...menu.querySelectorAll("li a, li button")];
    if (!lines.length) return;
    event.preventDefault();
    menu.open = true;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = lines.indexOf(document.activeElement) + step;
    lines[(next + lines.length) % lines.length].focus();
  });

  // Dialogs: a page's <dialog open> swapped into #dialog becomes modal.

  const modal = (dialog) => {
    dialog.removeAttribute("open");
    dialog.showModal();
  };

  on("click", "[data-dialog-open]", (button, event) => {
    const dialog = document.querySelector(button.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    modal(dialog);
  });
  on("click", "[data-dialog-close]", (button, event) => {
    const dialog = button.closest("dialog");
    if (!dialog?.matches(":modal")) return;
    event.preventDefault();
    dialog.close();
  });
  on("click", "dialog", (dialog, event) => {
    if (event.target === dialog && dialog.matches(":modal")) dialog.close();
  });
  on("submit", "form[data-confirm]", (form, event) => {
    if (window.confirm(form.dataset.confirm)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // Passwords, copying, and tags put at the cursor.

  on("click", "[data-reveal-button]", (button) => {
    const field = button.closest("[data-reveal]").querySelector("input");
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  on("submit", "form", (form) => {
    for (const field of form.querySelectorAll("[data-reveal] input[type=text]")) field.type = "password";
  }, true);

  on("click", "[data-copy]", async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2000);
  });

  let lastField = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input[type=text], textarea")) lastField = event.target;
  });
  on("click", "[data-insert]", (chip) => {
    const into = chip.dataset.into.split(" "); // several: the one last written in, else the first
    const field = lastField?.isConnected && into.includes(lastField.id) ? lastField : document.getElementById(into[0]);
    if (!field) return;
    field.focus();
    field.setRangeText(chip.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // The same tags by keyboard: « # » opens their list at the cursor, words narrow it, Enter or Tab puts one, Escape leaves.

  const tagsOf = (field) => [...document.querySelectorAll(`[data-insert^="#"][data-into~="${CSS.escape(field.id)}"]`)];
  const tagList = element("ul", "", { id: "g-tag-list", class: "g-tag-list", role: "listbox", hidden: "" });
  let tagged = null; // { field, from, at }: where the « # » stands, and which option is chosen

  const closeTags = () => {
    if (!tagged) return;
    tagList.hidden = true;
    tagged.field.setAttribute("aria-expanded", "false");
    tagged.field.removeAttribute("aria-activedescendant");
    tagged = null;
  };
  const markTag = (at) => {
    const options = [...tagList.children];
    tagged.at = (at + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === tagged.at)));
    tagged.field.setAttribute("aria-activedescendant", options[tagged.at].id);
    options[tagged.at].scrollIntoView({ block: "nearest" });
  };
  const putTag = (at) => {
    const { field, from } = tagged;
    const tag = tagList.children[at].dataset.tag;
    closeTags();
    field.focus();
    field.setRangeText(tag, from, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const openTags = (field) => {
    const typed = /#([\p{L}_]*)$/u.exec(field.value.slice(0, field.selectionStart));
    const before = typed ? field.value.slice(0, typed.index) : "";
    // An even number of « # » before it in the line: this one begins a tag, it does not end one.
    const begins = typed && (before.split("\n").pop().match(/#/g) ?? []).length % 2 === 0;
    const found = begins ? tagsOf(field).filter((chip) => plain(chip.dataset.insert).startsWith(plain(typed[0]))) : [];
    if (!found.length) { closeTags(); return; }
    tagList.replaceChildren(...found.map((chip, place) => {
      const option = element("li", "", { id: `g-tag-${place}`, role: "option", "data-tag": chip.dataset.insert });
      option.append(element("strong", chip.dataset.insert), " ", element("span", chip.title));
      return option;
    }));
    tagged = { field, from: typed.index, at: 0 };
    field.after(tagList);
    tagList.hidden = false;
    tagList.setAttribute("aria-label", field.dataset.tags ?? field.labels?.[0]?.textContent ?? "");
    for (const [name, value] of [["aria-autocomplete", "list"], ["aria-controls", tagList.id], ["aria-expanded", "true"]]) {
      field.setAttribute(name, value);
    }
    markTag(0);
  };
  on("input", "textarea, input[type=text]", (field) => { if (tagsOf(field).length) openTags(field); });
  document.addEventListener("keydown", (event) => {
    if (!tagged || event.target !== tagged.field) return;
    if (event.key === "ArrowDown") markTag(tagged.at + 1);
    else if (event.key === "ArrowUp") markTag(tagged.at - 1);
    else if (event.key === "Enter" || event.key === "Tab") putTag(tagged.at);
    else if (event.key === "Escape") closeTags();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  on("mousedown", "[data-tag]", (option, event) => {
    event.preventDefault();
    putTag([...tagList.children].indexOf(option));
  });
  document.addEventListener("focusout", (event) => { if (tagged && event.target === tagged.field) closeTags(); });

  // Selection: boxes of a table, and the bar that says how many.

  const boxes = (bar) => [...document.querySelectorAll("[data-select]")].filter((box) => box.form === bar);

  const count = (bar) => {
    const all = boxes(bar);
    const ticked = all.filter((box) => box.checked).length;
    const everything = bar.querySelector("[name=everything]");
    const number = bar.querySelector("[data-selection-count]");
    number.hidden = false;
    number.textContent = String(ticked);
    bar.hidden = !ticked && !everything?.checked;
    for (const head of document.querySelectorAll(`[data-selectable="${CSS.escape(bar.id)}"] [data-select-all]`)) {
      head.checked = all.length > 0 && ticked === all.length;
      head.indeterminate = ticked > 0 && ticked < all.length;
    }
  };

  let lastBox = null;
  on("click", "[data-select]", (box, event) => {
    const all = boxes(box.form);
    if (event.shiftKey && lastBox && all.includes(lastBox)) {
      const [from, to] = [all.indexOf(lastBox), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    lastBox = box;
    count(box.form);
  });
  on("change", "[data-select-all]", (head) => {
    const bar = document.getElementById(head.closest("[data-selectable]").dataset.selectable);
    for (const box of boxes(bar)) box.checked = head.checked;
    count(bar);
  });
  on("change", "[data-selection] [name=everything]", (box) => count(box.form));

  // Files: each is posted alone, with its progress; the form remains for those without a script.

  // A folder of the explorer takes files as well: they go by the form of the page, into that folder.
  const zoneOf = (event) => event.target instanceof Element
    && (event.target.closest("[data-drop]") ?? (document.querySelector("[data-drop]") && event.target.closest("[data-drop-folder]")));

  for (const type of ["dragenter", "dragover"]) {
    document.addEventListener(type, (event) => {
      const zone = zoneOf(event);
      if (!zone) return;
      event.preventDefault();
      zone.setAttribute("data-over", "");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.removeAttribute("data-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.removeAttribute("data-over");
    const folder = zone.dataset.dropFolder;
    sendAll(folder ? document.querySelector("[data-drop]") : zone, [...event.dataTransfer.files], folder);
  });
  on("change", "[data-drop] input[type=file]", (input) => {
    const files = [...input.files];
    input.value = "";
    sendAll(input.closest("[data-drop]"), files);
  });

  const sendAll = async (zone, files, folder) => {
    const form = zone.closest("form");
    const list = zone.querySelector("[data-drop-list]");
    list.hidden = false;
    let received = 0;
    let told = 0;
    for (const file of files) {
      const line = element("li");
      const state = element("span", zone.dataset.sending);
      const bar = element("progress", "", { max: 1, value: 0, "aria-label": file.name });
      line.append(element("span", file.name), state, bar);
      list.append(line);
      const answer = await send(form, zone.querySelector("input[type=file]").name, file, bar, folder);
      bar.remove();
      line.dataset.state = answer.refusal === "" ? answer.tone : "bad";
      state.textContent = answer.refusal === "" ? answer.said || zone.dataset.sent : answer.refusal || zone.dataset.failed;
      if (answer.url) state.append(" ", element("a", zone.dataset.see, { href: answer.url }));
      if (answer.refusal === "") received += 1;
      if (answer.said) told += 1;
    }
    if (told) form.dispatchEvent(new CustomEvent("dropped", { bubbles: true }));
    else if (files.length && received === files.length) location.assign(zone.dataset.done);
  };

  // refusal: "" when received, the server's sentence when refused, null when nothing came back.
  // A server that says what became of the file ({said, tone, url}) keeps the page: its verdicts are the result.
  const send = (form, name, file, bar, folder) => new Promise((resolve) => {
    const body = new FormData(form);
    body.delete(name);
    body.append(name, file, file.name);
    if (folder) body.set("folder_id", folder);
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("error", () => resolve({ refusal: null }));
    request.addEventListener("load", () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch {
        if (request.status >= 400) return resolve({ refusal: null });
      }
      if (request.status < 400) return resolve({ refusal: "", said: told.said, tone: told.tone || "good", url: told.url });
      resolve({ refusal: typeof told.error === "string" ? told.error : told.error?.detail ?? null });
    });
    request.send(body);
  });

  // A document beside its list: the panel takes the focus when it opens, and gives it back when it closes.

  let glanced = null;
  on("click", ".g-glance-link", (link) => { glanced = link; });
  const closeGlance = (place) => {
    place.replaceChildren();
    if (glanced?.isConnected) glanced.focus();
  };
  on("click", "[data-empty]", (button) => closeGlance(document.querySelector(button.dataset.empty)));
  document.addEventListener("keydown", (event) => {
    const place = document.getElementById("glance");
    if (event.key === "Escape" && place?.querySelector("[data-empty]")) closeGlance(place);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (glanced && document.activeElement === glanced) document.querySelector("#glance [data-empty]")?.focus();
  });

  // Passkeys: the browser's key answers in the place of a code. The form carries the question, then the answer.

  const canKeys = typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

  on("submit", "form[data-passkey]", async (form, event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const told = form.querySelector("[data-passkey-error]");
    told.hidden = true;
    const options = JSON.parse(form.dataset.options);
    try {
      const answer = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch {
      told.textContent = form.dataset.failed;
      told.hidden = false;
    }
  });

  // Signing: lines of points on a pad of 500 × 250 units, drawn as SVG. No canvas is read, so nothing can block it,
  // and a telephone that is turned shows the same drawing in its new size.

  const PAD = { width: 500, height: 250, most: 5500 };
  const SVG = "http://www.w3.org/2000/svg";
  const strokesOf = (pad) => JSON.parse(pad.querySelector("[data-pad-points]").value || "[]");
  const keepStrokes = (pad, strokes) => {
    pad.querySelector("[data-pad-points]").value = strokes.length ? JSON.stringify(strokes) : "";
    drawPad(pad);
  };
  const drawPad = (pad) => {
    const strokes = strokesOf(pad);
    pad.querySelector("[data-pad-paper]").replaceChildren(...strokes.map((stroke) => {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("points", (stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).join(" "));
      return line;
    }));
    pad.querySelector("[data-pad-hint]").hidden = strokes.length > 0;
    for (const button of pad.querySelectorAll("[data-pad-undo], [data-pad-clear]")) button.disabled = !strokes.length;
  };
  const pointOn = (paper, event) => {
    const place = paper.getBoundingClientRect();
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;
    return [
      within(((event.clientX - place.left) / place.width) * PAD.width, PAD.width),
      within(((event.clientY - place.top) / place.height) * PAD.height, PAD.height),
    ];
  };
  let drawing = null; // { pad, paper, strokes, pointer } while a finger, a pen or a button is down

  on("pointerdown", "[data-pad-paper]", (paper, event) => {
    if (drawing || event.button > 0) return;
    event.preventDefault();
    const pad = paper.closest("[data-pad]");
    paper.setPointerCapture(event.pointerId);
    drawing = { pad, paper, pointer: event.pointerId, strokes: [...strokesOf(pad), [pointOn(paper, event)]] };
    keepStrokes(pad, drawing.strokes);
  });
  document.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing?.pointer || drawing.strokes.flat().length > PAD.most) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) drawing.strokes.at(-1).push(pointOn(drawing.paper, move));
    keepStrokes(drawing.pad, drawing.strokes);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    document.addEventListener(type, (event) => { if (event.pointerId === drawing?.pointer) drawing = null; });
  }
  on("click", "[data-pad-undo]", (button) => {
    const pad = button.closest("[data-pad]");
    keepStrokes(pad, strokesOf(pad).slice(0, -1));
  });
  on("click", "[data-pad-clear]", (button) => keepStrokes(button.closest("[data-pad]"), []));

  // A form that acts once: the second press of its button goes nowhere; the server would answer the same anyway.

  on("submit", "form[data-once]", (form, event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });

  on("click", "[data-print]", () => window.print());

  // The command palette: Ctrl-K opens it, the arrows go through what it found.

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const opener = document.querySelector("[data-palette-open]");
    if (!opener || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    opener.click();
  });
  const owed = new WeakMap(); // what was pressed before the answer to the words was there waits for it
  const answered = (palette) => {
    const words = palette.querySelector("input[type=search]").value.trim().split(/\s+/).join(" ").slice(0, 100);
    return palette.querySelector("[data-answers]")?.dataset.answers === words;
  };
  const walk = (palette, by) => {
    const stops = [palette.querySelector("input[type=search]"), ...palette.querySelectorAll("[data-hit]")];
    stops[(stops.indexOf(document.activeElement) + by + stops.length) % stops.length].focus();
  };
  const inTurn = (palette, act) =>
    answered(palette) ? act() : owed.set(palette, [...(owed.get(palette) ?? []), act]);
  const settle = (palette) => {
    if (!answered(palette)) return;
    (owed.get(palette) ?? []).forEach((act) => act());
    owed.delete(palette);
  };

  on("input", "[data-palette]", (palette) => owed.delete(palette));
  on("keydown", "[data-palette]", (palette, event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    inTurn(palette, () => walk(palette, by));
  });
  on("submit", "[data-palette] form", (form, event) => {
    const palette = form.closest("[data-palette]");
    event.preventDefault();
    inTurn(palette, () => palette.querySelector("[data-hit]")?.click());
  });

  // A pile of files to deposit: photographs are made smaller, put in order or taken out before anything is sent.

  const LONGEST = 2200, HEAVY = 1_000_000;

  const lighter = async (file) => {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < HEAVY) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = element("canvas", "", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // the server reads it, or says why it cannot
    }
  };

  const piles = new WeakMap();

  const pileUp = (pile, files) => {
    piles.set(pile, files);
    const kept = new DataTransfer();
    for (const file of files) kept.items.add(file);
    pile.querySelector("[data-pile-all]").files = kept.files;
    const list = pile.querySelector("[data-pile-list]");
    list.replaceChildren(...files.map((file, at) => {
      const line = element("li");
      const picture = file.type.startsWith("image/") ? element("img", "", { alt: "", src: URL.createObjectURL(file) }) : element("span");
      const buttons = element("span", "", { class: "g-actions" });
      if (at) buttons.append(element("button", pile.dataset.up, { type: "button", class: "btn btn-quiet btn-sm", "data-pile-up": at, "aria-label": `${pile.dataset.up} ${file.name}` }));
      buttons.append(element("button", pile.dataset.remove, { type: "button", class: "btn btn-quiet btn-sm", "data-pile-out": at, "aria-label": `${pile.dataset.remove} ${file.name}` }));
      line.append(picture, element("span", file.name), buttons);
      return line;
    }));
    list.hidden = !files.length;
  };

  on("change", "[data-pile] input[type=file]", async (input) => {
    const pile = input.closest("[data-pile]");
    const more = await Promise.all([...input.files].map(lighter));
    if (input.matches("[data-pile-more]")) input.value = "";
    pileUp(pile, [...(piles.get(pile) ?? []), ...more]);
  });
  on("click", "[data-pile-out]", (button) => {
    const pile = button.closest("[data-pile]");
    pileUp(pile, piles.get(pile).filter((_file, at) => at !== Number(button.dataset.pileOut)));
  });
  on("click", "[data-pile-up]", (button) => {
    const pile = button.closest("[data-pile]"), files = [...piles.get(pile)], at = Number(button.dataset.pileUp);
    [files[at - 1], files[at]] = [files[at], files[at - 1]];
    pileUp(pile, files);
  });

  // HTMX: wake what came in, and show dialogs.

  document.addEventListener("htmx:after:swap", (event) => {
    wake(document);
    const dialog = document.querySelector("#dialog > dialog[open]:not(:modal)");
    if (dialog) modal(dialog);
    const palette = document.querySelector("[data-palette]:modal") ?? document.querySelector("[data-palette]");
    // The hit that had the focus is found no more.
    if (palette?.matches(":modal") && !palette.contains(document.activeElement)) palette.querySelector("input[type=search]").focus();
    if (palette) settle(palette);
    if (event.detail.ctx?.response?.status === 422) document.querySelector("[aria-invalid=true]")?.focus();
  });

  // Back after logout: a page kept in memory is asked for again before anybody reads it.

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || !document.body.hasAttribute("data-private")) return;
    document.documentElement.hidden = true;
    location.reload();
  });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => wake(document));
  else wake(document);
})();
