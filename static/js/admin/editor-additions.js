// What the editor of an article's text needs beside what django-prose-editor brings: a paste from Word that keeps its
// structure and drops its styling, and tables that begin with header cells.
//
// The server tidies the same way (articles/pasting.py) whatever comes to it; here it is done so that the writer sees it.

import { Extension, Plugin, Table as PlainTable, updateAttrsDialog } from "django-prose-editor/editor";

const OWN_PICTURE = /^\/articles\/images\/[0-9a-f]{64}\.webp$/;
const FROM_WORD = /\bmso-|class="?'?Mso|urn:schemas-microsoft-com/i;
const NUMBERED = /^\(?(?:\d+|[a-z]|[ivxlc]+)[.)]/i;

// A style or a handler, even in a document that nobody sees, is a breach of our policy: they are renamed before anything
// is parsed. Nothing depends on it; it keeps the console quiet.
const STYLE_SHEET = /<style[^<>]*>[\s\S]*?<\/style>/gi;
const TAG = /<[a-z][^<>]*>/gi;
const STYLE = /(\s)style\s*=/gi;
const HANDLER = /([\s"'/])on[a-z]+\s*=/gi;

/** Pasted HTML, tidied. Parsed in a document of its own, in which nothing is loaded and no script runs. */
export function tidied(html) {
  const plain = html.replace(STYLE_SHEET, "").replace(TAG, (tag) => tag.replace(STYLE, "$1data-style=").replace(HANDLER, "$1data-on="));
  const page = new DOMParser().parseFromString(plain, "text/html");
  const body = page.body;
  let lostPictures = 0;
  for (const picture of body.querySelectorAll("img")) {
    if (!OWN_PICTURE.test(picture.getAttribute("src") ?? "")) {
      lostPictures += 1;
      picture.remove();
    }
  }
  if (FROM_WORD.test(html)) {
    tidyWord(page);
  }
  keepEmphasis(page);
  shiftHeadings(page);
  for (const element of body.querySelectorAll("[data-style]")) {
    element.removeAttribute("data-style");
  }
  return { html: body.innerHTML, lostPictures };
}

function tidyWord(page) {
  const body = page.body;
  removeComments(body);
  for (const element of [...body.querySelectorAll("*")]) {
    const name = element.localName;
    if (/^(?:v|w|m):/.test(name) || ["style", "meta", "link", "xml", "title"].includes(name)) {
      element.remove();
    } else if (name.includes(":") || (name === "a" && isBookmark(element))) {
      element.replaceWith(...element.childNodes);
    }
  }
  for (const paragraph of [...body.querySelectorAll("p")]) {
    if (/^MsoTitle/i.test(paragraph.className)) {
      replaceTag(page, paragraph, "h2");
    }
  }
  makeLists(page);
  for (const marker of body.querySelectorAll("[data-style*='mso-list:Ignore' i]")) {
    marker.remove();
  }
  for (const paragraph of [...body.querySelectorAll("p")]) {
    if (!paragraph.textContent.replace(/\u00a0/g, " ").trim() && !paragraph.querySelector("img")) {
      // A cell needs a paragraph; elsewhere an empty one was only space.
      if (!paragraph.closest("td, th")) {
        paragraph.remove();
      }
    }
  }
  body.querySelectorAll("table").forEach((table) => makeHeaderCells(page, table));
}

function removeComments(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) {
    found.push(walker.currentNode);
  }
  found.forEach((comment) => comment.remove());
}

function isBookmark(link) {
  const target = link.getAttribute("href");
  return !target || target.startsWith("#") || target.startsWith("file:");
}

function replaceTag(page, element, name) {
  const made = page.createElement(name);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

/** Bold and italics that are only styles, as in Google Docs, which also wraps everything in a "b" that is none. */
function keepEmphasis(page) {
  for (const element of [...page.body.querySelectorAll("[data-style]")]) {
    const style = element.dataset.style;
    if (element.localName === "b" && /font-weight:\s*normal/i.test(style)) {
      element.replaceWith(...element.childNodes);
    } else if (element.localName === "span") {
      for (const [name, look] of [["strong", /font-weight:\s*(?:bold|[6-9]00)/i], ["em", /font-style:\s*italic/i]]) {
        if (look.test(style)) {
          const made = page.createElement(name);
          made.append(...element.childNodes);
          element.append(made);
        }
      }
    }
  }
}

/** Word's lists are paragraphs that look like lists: "mso-list:l0 level1 lfo1", with the mark typed into them. */
function makeLists(page) {
  const levelOf = (element) => {
    const match = /mso-list:\s*l\d+\s+level(\d+)/i.exec(element.getAttribute("data-style") ?? "");
    return element.localName === "p" && match ? Number(match[1]) : 0;
  };
  for (const first of [...page.body.querySelectorAll("p")]) {
    if (!first.isConnected || !levelOf(first)) {
      continue;
    }
    const items = [];
    for (let next = first; next && levelOf(next); next = next.nextElementSibling) {
      items.push(next);
    }
    const anchor = page.createElement("div");
    first.before(anchor);
    const open = [];
    for (const item of items) {
      const level = levelOf(item);
      const marker = item.querySelector("[data-style*='mso-list:Ignore' i]");
      const mark = (marker?.textContent ?? "").trim();
      marker?.remove();
      const name = NUMBERED.test(mark) ? "ol" : "ul";
      while (open.length && open.at(-1).level > level) {
        open.pop();
      }
      if (open.length && open.at(-1).level === level && open.at(-1).list.localName !== name) {
        open.pop();
      }
      if (!open.length || open.at(-1).level < level) {
        const list = page.createElement(name);
        const number = Number.parseInt(mark.replace("(", ""), 10);
        if (name === "ol" && number > 1) {
          list.setAttribute("start", number);
        }
        const parent = open.at(-1)?.list.lastElementChild;
        if (parent) {
          parent.append(list);
        } else {
          anchor.before(list);
        }
        open.push({ level, list });
      }
      const entry = page.createElement("li");
      const words = page.createElement("p");
      words.append(...item.childNodes);
      entry.append(words);
      open.at(-1).list.append(entry);
      item.remove();
    }
    anchor.remove();
  }
}

/** The first row becomes header cells where Word repeats it as a heading, or where all of it is bold. */
function makeHeaderCells(page, table) {
  const row = table.querySelector("tr");
  const cells = row ? [...row.children].filter((cell) => cell.localName === "td") : [];
  const isBold = (cell) =>
    [...cell.querySelectorAll("b, strong")].map((each) => each.textContent).join("").trim() === cell.textContent.trim();
  if (!cells.length || !(row.closest("thead") || cells.every((cell) => cell.textContent.trim() && isBold(cell)))) {
    return;
  }
  for (const cell of cells) {
    const header = replaceTag(page, cell, "th");
    for (const name of ["colspan", "rowspan"]) {
      if (cell.hasAttribute(name)) {
        header.setAttribute(name, cell.getAttribute(name));
      }
    }
  }
}

/** The title is the page's only first-rank heading: a text that begins there moves down by one. */
function shiftHeadings(page) {
  const shift = page.body.querySelector("h1") ? 1 : 0;
  for (const heading of [...page.body.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const rank = Math.min(4, Number(heading.localName[1]) + shift);
    if (`h${rank}` !== heading.localName) {
      replaceTag(page, heading, `h${rank}`);
    }
  }
}

function say(text) {
  const status = document.getElementById("desk-kept");
  if (status) {
    status.textContent = text;
    delete status.dataset.said;
  }
}

const CALLOUTS = [["callout-key", "Key point"], ["callout-warning", "Safety warning"]];

export const TidyPaste = Extension.create({
  name: "tidyPaste",
  // One press makes a paragraph a callout, the next makes it a paragraph again: nobody finds a class in a menu.
  addMenuItems({ buttons, menu }) {
    for (const [className, words] of CALLOUTS) {
      menu.defineItem({
        name: `callout:${className}`,
        groups: "nodes",
        button: buttons.text(words),
        active: (editor) => editor.isActive("blockquote", { class: className }),
        command(editor) {
          const chain = editor.chain().focus();
          if (editor.isActive("blockquote", { class: className })) {
            chain.unsetNodeClass("blockquote").toggleBlockquote().run();
          } else if (editor.isActive("blockquote")) {
            chain.setNodeClass("blockquote", className).run();
          } else {
            chain.setBlockquote().setNodeClass("blockquote", className).run();
          }
        },
      });
    }
  },
  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          transformPastedHTML(html) {
            const { html: tidy, lostPictures } = tidied(html);
            if (lostPictures) {
              say("Pictures cannot be pasted. Add them to the image library, then choose them with the picture button.");
            }
            return tidy;
          },
        },
      }),
    ];
  },
});

const HEADERS = ["First row", "First row and first column", "None"];
const askForTable = updateAttrsDialog(
  {
    rows: { type: "number", title: "Rows", format: "number", default: "3", min: "1", max: "100" },
    cols: { type: "number", title: "Columns", format: "number", default: "3", min: "1", max: "20" },
    headers: { title: "Header cells", enum: HEADERS, default: HEADERS[0] },
  },
  { title: "Table", submitText: "Insert table" },
);

export const Table = PlainTable.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      insertTableWithOptions:
        () =>
        ({ editor }) => {
          askForTable(editor, { rows: "3", cols: "3", headers: HEADERS[0] }).then((asked) => {
            if (!asked) {
              return;
            }
            const rows = Number.parseInt(asked.rows, 10) || 3;
            const cols = Number.parseInt(asked.cols, 10) || 3;
            const chain = editor.chain().focus().insertTable({ rows, cols, withHeaderRow: asked.headers !== HEADERS[2] });
            (asked.headers === HEADERS[1] ? chain.toggleHeaderColumn() : chain).run();
          });
        },
    };
  },
});
