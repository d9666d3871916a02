// Owner, next step and tags edited where they stand in the list. Enter saves, Esc undoes; what the server asks (a
// conflict, a wrong value) is asked in a dialog. Without it each is a link to a small page with the same form.
(() => {
  'use strict';
  const AS_PART = { headers: { 'HX-Request': 'true' }, credentials: 'same-origin' };
  let open = null; // { link, form }

  const live = document.createElement('p');
  live.className = 'visually-hidden';
  live.setAttribute('role', 'status');

  const parsed = (html) => new DOMParser().parseFromString(html, 'text/html');

  const asked = (address, options) => fetch(address, Object.assign({}, AS_PART, options));

  const pageOf = async (answer) => {
    const elsewhere = answer.headers.get('HX-Redirect');
    if (elsewhere) {
      location.assign(elsewhere);
    }
    return elsewhere ? null : parsed(await answer.text());
  };

  const close = () => {
    if (open) {
      const { link, form, dialog } = open;
      open = null;
      form.remove();
      if (dialog) {
        dialog.remove();
      }
      link.hidden = false;
      link.focus();
    }
  };

  const place = (link, form, inDialog) => {
    let dialog = null;
    if (inDialog) {
      dialog = document.createElement('dialog');
      dialog.className = 'cell-dialog';
      dialog.setAttribute('aria-label', form.getAttribute('aria-label'));
      const head = document.createElement('h2');
      head.textContent = form.getAttribute('aria-label');
      dialog.append(head, form);
      document.body.append(dialog);
      dialog.addEventListener('close', close);
      dialog.showModal();
    } else {
      link.hidden = true;
      link.after(form);
    }
    open = { link, form, dialog };
    const wanted = link.dataset.cell === 'next_on' ? '[name="due_on"]' : 'select, input:not([type="hidden"])';
    const field = form.querySelector(wanted);
    if (field) {
      field.focus();
    }
  };

  const edit = async (link) => {
    close();
    const page = await pageOf(await asked(link.href));
    const form = page && page.querySelector('.cell-form');
    if (form) {
      place(link, document.importNode(form, true), link.dataset.cell === 'tags');
    } else if (page) {
      location.assign(link.href);
    }
  };

  const show = (link, page) => {
    const row = link.closest('tr');
    for (const said of page.querySelectorAll('[data-cell]')) {
      const cell = row.querySelector(`a[data-cell="${said.dataset.cell}"]`);
      if (cell) {
        const label = cell.getAttribute('aria-label');
        cell.textContent = said.textContent;
        cell.setAttribute('aria-label', label.slice(0, label.indexOf('：') + 1) + said.textContent);
        cell.classList.add('cell-saved');
      }
    }
    live.textContent = page.querySelector('[data-told]').textContent;
  };

  // Whoever has been signed out sends the form as a form: the server keeps it, and goes on with it behind the sign-in.
  const save = async ({ link, form }) => {
    const answer = await asked(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (answer.status === 401) {
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    const page = await pageOf(answer);
    if (!page) {
      return;
    }
    const again = page.querySelector('.cell-form');
    close();
    if (again) {
      place(link, document.importNode(again, true), true);
    } else if (page.querySelector('[data-told]')) {
      show(link, page);
    } else {
      location.reload(); // an answer that is neither: the list as it is now tells
    }
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a.cell-edit');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      edit(link);
    } else if (open && event.target.closest('[data-cancel]')) {
      event.preventDefault();
      close();
    }
  });

  document.addEventListener('submit', (event) => {
    if (open && event.target === open.form) {
      event.preventDefault();
      event.stopImmediatePropagation();
      save(open);
    }
  }, true);

  document.addEventListener('keydown', (event) => {
    if (open && event.key === 'Escape' && !open.dialog) {
      event.stopPropagation();
      close();
    } else if (open && event.key === 'Enter' && event.target.tagName === 'SELECT') {
      event.preventDefault();
      open.form.requestSubmit();
    }
  }, true);

  document.addEventListener('DOMContentLoaded', () => document.body.append(live));
})();
