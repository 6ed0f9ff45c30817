// What was begun on this page and never saved, here or on another device: offered when the form is opened anew.

import { forget, heldSlots, keep } from "./draft-store.js";
import { button, link, noteIn, when } from "./draft-notes.js";
import { send } from "./requests.js";
import { toast } from "./toast.js";

const UNDO_MS = 20_000;

export class DraftsBegun {
  /** @param {object} page what keeps the drafts of the form (drafts.js) */
  constructor(page) {
    this.page = page;
  }

  /** @param {object[]} onServer what the server knows to have been begun on this page's address */
  async offer(onServer) {
    const { page } = this;
    const offered = new Map();
    for (const draft of onServer) {
      const isOpenHere = draft.device === page.device && (await isOpen(draft.subject));
      if (!isOpenHere) {
        offered.set(draft.subject, { title: draft.title || "No title yet", typedAt: Date.parse(draft.saved_at), draft });
      }
    }
    for (const row of page.rows) {
      const isBegun = row.kind === page.kind && row.address === page.address && !row.baseVersion && row.subject !== page.subject;
      if (isBegun && !(await isOpen(row.subject))) {
        offered.set(row.subject, { title: row.title, typedAt: row.typedAt, draft: offered.get(row.subject)?.draft, row });
      }
    }
    const [newest] = [...offered.values()].sort((a, b) => b.typedAt - a.typedAt);
    if (newest && !page.hasTyped) {
      this.note(newest, offered.size);
    }
  }

  note(begun, count) {
    const { title, typedAt, draft, row } = begun;
    const note = noteIn(this.page.notes, `You have unsaved words: “${title}”, typed ${when(typedAt)}.`);
    if (row) {
      note.append(
        button("Continue", () => {
          note.remove();
          return this.page.goOnWith(row);
        }),
      );
    } else {
      note.append(link("Continue", draft.url));
    }
    note.append(
      button("Discard", () => {
        note.remove();
        return this.discard(begun);
      }),
    );
    if (count > 1) {
      note.append(link(`See all ${count}`, this.page.holder.dataset.draftsUrl));
    }
  }

  async discard({ title, typedAt, draft, row }) {
    let known = draft?.id;
    if (row) {
      await forget(row.key);
      // The newest of it may be on this device only; from now on it is where it can be had back.
      const answer = await this.page.post(row);
      known = answer?.ok ? answer.body.id : known;
    }
    await this.tell(known, "discard");
    const takeBack = async () => {
      if (row) {
        await keep(row);
      }
      await this.tell(known, "restore");
      this.note({ title, typedAt, draft, row }, 1);
    };
    toast("Discarded.", { action: takeBack, label: "Undo", ms: UNDO_MS });
  }

  async tell(id, what) {
    if (id) {
      await send(`${this.page.holder.dataset.draftsUrl}${id}/${what}/`, { csrf: this.page.csrf, form: {} });
    }
  }
}

/** Whether a living tab of this device has the form of it. */
async function isOpen(subject) {
  return (await heldSlots(subject)).size > 0;
}
