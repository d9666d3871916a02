// Ctrl K: firms, colleagues, pages and deeds in a dialog. g and a letter: a page of the menu. ?: the sheet of the keys.
// All of it is reached by links as well.
(() => {
  'use strict';
  let dialog = null;
  let asking = null; // the request on its way
  let waiting; // for the typing to pause
  let isGoing = false; // g was pressed

  const part = async (address, signal) => {
    const answer = await fetch(address, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin', signal });
    const elsewhere = answer.headers.get('HX-Redirect');
    if (elsewhere) {
      location.assign(elsewhere);
      return null;
    }
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
  };

  const element = (name, attributes) => {
    const made = document.createElement(name);
    Object.keys(attributes).forEach((key) => made.setAttribute(key, attributes[key]));
    return made;
  };

  const opened = (label) => {
    if (dialog) {
      dialog.close();
    }
    const made = document.createElement('dialog');
    made.className = 'palette';
    made.setAttribute('aria-label', label);
    document.body.append(made);
    made.addEventListener('close', () => {
      made.remove();
      if (dialog === made) {
        dialog = null;
      }
    });
    made.addEventListener('click', (event) => {
      if (event.target === made) {
        made.close();
      }
    });
    dialog = made;
    made.showModal();
    return made;
  };

  // ---- the palette ----
  const links = () => Array.from(dialog.querySelectorAll('.palette-results a'));

  const fill = async (address, sought) => {
    if (asking) {
      asking.abort();
    }
    asking = new AbortController();
    const here = dialog;
    try {
      const page = await part(`${address}?q=${encodeURIComponent(sought)}`, asking.signal);
      const results = page && page.querySelector('.palette-results');
      if (results && here === dialog) {
        here.querySelector('.palette-results').replaceWith(document.importNode(results, true));
        here.querySelector('[role="status"]').textContent = `${links().length} 项`;
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        location.assign(`${address}?q=${encodeURIComponent(sought)}`);
      }
    }
  };

  const openPalette = (address) => {
    const made = opened('快速前往');
    const input = element('input', {
      id: 'palette-input', class: 'form-control', type: 'text', maxlength: '100', autocomplete: 'off',
      'aria-label': '找企业、同事、页面、操作', placeholder: '企业、同事、页面、操作：名称、拼音首字母、代码',
    });
    const foot = element('p', { class: 'palette-foot muted' });
    foot.textContent = '↑ ↓ 选择 · Enter 前往 · Esc 关闭';
    made.append(
      input, element('div', { class: 'palette-results' }),
      element('p', { class: 'visually-hidden', role: 'status' }), foot,
    );
    input.addEventListener('input', (event) => {
      clearTimeout(waiting);
      if (!event.isComposing) {
        waiting = setTimeout(() => fill(address, input.value.trim()), 120);
      }
    });
    input.addEventListener('compositionend', () => fill(address, input.value.trim()));
    input.focus();
    fill(address, '');
  };

  const stepInPalette = (event) => {
    const all = links();
    const now = all.indexOf(document.activeElement);
    if (event.key === 'Enter' && now < 0 && all.length && !event.isComposing) {
      event.preventDefault();
      location.assign(all[0].href);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      const next = now + step;
      (next < 0 ? dialog.querySelector('input') : all[Math.min(next, all.length - 1)]).focus();
    }
  };

  // ---- the sheet of the keys ----
  const openKeys = async () => {
    const page = await part(document.querySelector('.palette-open').dataset.keys);
    const sheet = page && page.querySelector('.keys');
    if (sheet) {
      const made = opened('快捷键');
      const close = document.createElement('button');
      close.className = 'btn btn-plain';
      close.textContent = '关闭';
      close.addEventListener('click', () => made.close());
      const head = document.createElement('h2');
      head.textContent = '快捷键';
      made.append(head, document.importNode(sheet, true), close);
      close.focus();
    }
  };

  const opener = () => document.querySelector('.palette-open');

  document.addEventListener('click', (event) => {
    const link = event.target.closest('.palette-open');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openPalette(link.href);
    }
  });

  document.addEventListener('keydown', (event) => {
    if (!opener()) {
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openPalette(opener().href);
      return;
    }
    if (dialog) {
      stepInPalette(event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog')) {
      return;
    }
    if (event.key === '?') {
      event.preventDefault();
      openKeys();
    } else if (isGoing) {
      isGoing = false;
      const entry = Array.from(document.querySelectorAll('.menu a[data-go]')).find((link) => link.dataset.go === event.key);
      if (entry) {
        location.assign(entry.href);
      }
    } else if (event.key === 'g') {
      isGoing = true;
      setTimeout(() => { isGoing = false; }, 1500);
    }
  });
})();
