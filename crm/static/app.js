// What pages gain by a script. Without it every link, form and table still works.
// For Chrome 90 and up (ES2020); no inline handlers, the page's policy forbids them.
(() => {
  'use strict';
  const root = document.documentElement;

  // ---- colours ----
  const themeButtons = () => document.querySelectorAll('[data-theme-choice]');

  const showTheme = () => {
    const chosen = root.getAttribute('data-bs-theme') || 'auto';
    for (const button of themeButtons()) {
      button.setAttribute('aria-pressed', String(button.dataset.themeChoice === chosen));
    }
  };

  const chooseTheme = (choice) => {
    if (choice === 'auto') {
      root.removeAttribute('data-bs-theme');
    } else {
      root.setAttribute('data-bs-theme', choice);
    }
    try {
      localStorage.setItem('theme', choice);
    } catch (error) {
      // Storage may be forbidden: the choice then lasts for this page.
    }
    showTheme();
  };

  // ---- forms ----
  const confirmed = new WeakSet();

  const ask = (form, submitter) => {
    const dialog = document.createElement('dialog');
    const question = document.createElement('p');
    const buttons = document.createElement('div');
    const no = document.createElement('button');
    const yes = document.createElement('button');
    question.textContent = form.dataset.confirm;
    buttons.className = 'form-actions';
    no.className = 'btn btn-plain';
    no.textContent = '取消';
    yes.className = 'btn btn-primary';
    yes.textContent = '确定';
    buttons.append(no, yes);
    dialog.setAttribute('aria-label', form.dataset.confirm);
    dialog.append(question, buttons);
    document.body.append(dialog);
    no.addEventListener('click', () => dialog.close());
    yes.addEventListener('click', () => {
      dialog.close();
      confirmed.add(form);
      form.requestSubmit(submitter);
    });
    dialog.addEventListener('close', () => dialog.remove());
    dialog.showModal();
  };

  const setSent = (form, sent) => {
    form.toggleAttribute('data-sent', sent);
    if (sent) {
      form.dataset.sent = 'yes';
    }
    for (const button of form.querySelectorAll('[type="submit"]')) {
      button.setAttribute('aria-disabled', String(sent));
    }
  };

  let waiting;

  // Capture phase, on the document: before htmx sees the event.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    clearTimeout(waiting);
    if (form.dataset.confirm && !confirmed.has(form)) {
      event.preventDefault();
      event.stopPropagation();
      ask(form, event.submitter);
      return;
    }
    confirmed.delete(form);
    if (form.method !== 'post') {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    setSent(form, true);
    // A download leaves the page as it is: its button comes back. The server knows a form sent twice by its key.
    setTimeout(() => setSent(form, false), 4000);
  }, true);

  // What was left empty in a filter says nothing: it stays out of the address.
  document.addEventListener('formdata', ({ target, formData }) => {
    if (target.method === 'get') {
      const names = Array.from(formData.keys());
      names.filter((name) => formData.getAll(name).every((value) => value === '')).forEach((name) => formData.delete(name));
    }
  });

  // Back in the history: a form that was sent may be sent again.
  window.addEventListener('pageshow', () => {
    document.querySelectorAll('form[data-sent]').forEach((form) => setSent(form, false));
  });

  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute('data-auto-submit') && form.checkValidity()) {
      // Enter changes a field and sends its form in one stroke: the form is sent once.
      waiting = setTimeout(() => form.requestSubmit());
    }
  });

  // ---- copying ----
  // navigator.clipboard is there only under https or on the machine itself; an office network often has neither.
  const copyByHand = (text) => {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
    } else {
      copyByHand(text);
    }
    const words = button.textContent;
    button.textContent = '已复制';
    setTimeout(() => { button.textContent = words; }, 2000);
  };

  // ---- rows ----
  const rows = () => Array.from(document.querySelectorAll('tr[data-row-href]'));

  document.addEventListener('click', (event) => {
    const choice = event.target.closest('[data-theme-choice]');
    if (choice) {
      chooseTheme(choice.dataset.themeChoice);
      return;
    }
    const copied = event.target.closest('[data-copy]');
    if (copied) {
      copy(copied);
      return;
    }
    for (const menu of document.querySelectorAll('details.user-menu[open], details.drawer[open]')) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
    const row = event.target.closest('tr[data-row-href]');
    if (row && !event.target.closest('a, button, input, label, select, summary') && !String(getSelection())) {
      location.assign(row.dataset.rowHref);
    }
  });

  const stepTo = (step) => {
    const all = rows();
    if (!all.length) {
      return;
    }
    const now = all.findIndex((row) => row.classList.contains('chosen'));
    const next = Math.min(Math.max(now + step, 0), all.length - 1);
    all.forEach((row, index) => row.classList.toggle('chosen', index === next));
    const link = all[next].querySelector('a');
    if (link) {
      link.focus({ preventScroll: true });
    }
    all[next].scrollIntoView({ block: 'nearest' });
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details.user-menu[open], details.drawer[open]')) {
        menu.open = false;
      }
    }
    if (event.target.closest('input, textarea, select, dialog')) {
      return;
    }
    if (event.key === '/') {
      const search = document.getElementById('search');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === 'j') {
      stepTo(1);
    } else if (event.key === 'k') {
      stepTo(-1);
    }
  });

  // ---- lists that are replaced in place ----
  // An answer without the list (an error, or another page after all) is shown as the page it is. Only what was
  // followed or filtered in place: a half-filled form must not be left because a look-up beside it failed.
  const leaveFor = (detail) => location.assign(detail.xhr.responseURL || detail.pathInfo.requestPath);

  document.addEventListener('htmx:beforeSwap', (event) => {
    const { boosted, shouldSwap, serverResponse, target } = event.detail;
    if (boosted && shouldSwap && !serverResponse.includes(`id="${target.id}"`)) {
      event.detail.shouldSwap = false;
      leaveFor(event.detail);
    }
  });

  document.addEventListener('htmx:responseError', (event) => {
    if (event.detail.boosted) {
      leaveFor(event.detail);
    }
  });

  document.addEventListener('htmx:sendError', (event) => {
    if (event.detail.boosted) {
      location.assign(event.detail.pathInfo.requestPath);
    }
  });

  // The link that was followed is gone with the old list: reading goes on at the new one.
  document.addEventListener('htmx:afterSettle', (event) => {
    if (document.activeElement === document.body) {
      event.detail.target.focus({ preventScroll: true });
    }
  });

  document.addEventListener('DOMContentLoaded', showTheme);
})();
