// The pages behind links in mails. The token stands behind `#`, which no browser sends: opening a
// page uses nothing up, pressing the button does.
const form = document.querySelector('form');
const alertBox = document.querySelector('[role="alert"]');
const done = document.querySelector('[data-done]');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  alertBox.textContent = '';
  try {
    await send();
    // The link is spent; it need not stay in the history.
    history.replaceState(null, '', location.pathname);
    form.hidden = true;
    done.hidden = false;
    done.focus();
  } catch (error) {
    alertBox.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});

async function send() {
  const fields = [...new FormData(form)].filter(([, value]) => value !== '');
  const answer = await fetch(form.getAttribute('action'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'omit',
    body: JSON.stringify({ token: location.hash.slice(1), ...Object.fromEntries(fields) }),
  }).catch(() => {
    throw new Error('The service cannot be reached. Try again.');
  });
  if (!answer.ok) throw new Error(await whyNot(answer));
}

/**
 * The words of a problem (RFC 9457) for people: what is wrong with each field, or else what is
 * wrong at all.
 */
async function whyNot(answer) {
  const problem = await answer.json().catch(() => ({}));
  const faults = (problem.errors ?? [])
    .filter(({ pointer }) => pointer !== '/token')
    .map(({ message }) => message);
  return faults.length > 0
    ? faults.join('. ')
    : (problem.detail ?? 'Something went wrong. Try again.');
}
