// The end of a session is told before it comes, and what was typed stays on the page whatever happens.
// Without this script the server keeps a form that was sent too late, and offers it again behind the sign-in.
(() => {
  'use strict';
  const KEY = 'seen';
  const told = document.getElementById('idle');
  const idle = Number(told.dataset.seconds) * 1000;
  const warning = Math.min(300000, idle / 4);
  let dialog = null;
  let isOver = false;
  let seen = Date.now();

  // Several windows are one session: what one of them asks of the server counts for all.
  const share = () => {
    try {
      localStorage.setItem(KEY, String(seen));
    } catch (error) {
      // Storage may be forbidden: each window then warns for itself.
    }
  };

  const close = () => {
    if (dialog) {
      dialog.close();
      dialog.remove();
      dialog = null;
    }
  };

  const noteSeen = () => {
    seen = Date.now();
    close();
    share();
  };

  const say = (words, action) => {
    close();
    dialog = document.createElement('dialog');
    const sentence = document.createElement('p');
    const buttons = document.createElement('div');
    const button = document.createElement('button');
    sentence.textContent = words;
    buttons.className = 'form-actions';
    button.className = 'btn btn-primary';
    button.textContent = action;
    button.addEventListener('click', isOver ? close : keep);
    buttons.append(button);
    dialog.setAttribute('aria-label', words);
    dialog.append(sentence, buttons);
    document.body.append(dialog);
    dialog.showModal();
  };

  const tellOver = () => {
    isOver = true;
    say('登录已超时。填写的内容还在这一页上：照常提交，重新登录后接着办。', '知道了');
  };

  async function keep() {
    const token = document.querySelector('[name=csrf_token]').value;
    const before = seen;
    seen = Date.now();
    try {
      const answer = await fetch(told.dataset.keep, { method: 'POST', headers: { 'X-CSRFToken': token } });
      if (answer.ok) {
        noteSeen();
      } else {
        tellOver();
      }
    } catch (error) {
      // The server cannot be reached just now: the next look tries again.
      seen = before;
    }
  }

  const look = () => {
    const left = seen + idle - Date.now();
    if (isOver) {
      return;
    }
    if (left <= 0) {
      tellOver();
    } else if (left <= warning && !dialog) {
      const minutes = Math.max(1, Math.round(left / 60000));
      say(`已有一段时间没有操作，约 ${minutes} 分钟后将退出登录。填写的内容不会丢。`, '继续');
    }
  };

  // Who types is there.
  document.addEventListener('input', () => {
    if (!isOver && Date.now() - seen > idle / 4) {
      keep();
    }
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) {
      noteSeen();
    }
  });
  window.addEventListener('storage', (event) => {
    if (event.key === KEY && Number(event.newValue) > seen) {
      seen = Number(event.newValue);
      isOver = false;
      close();
    }
  });
  // Back in the history or woken from sleep: the clock on the wall counts, not the timer.
  document.addEventListener('visibilitychange', look);
  share();
  setInterval(look, Math.min(10000, idle / 10));
})();
