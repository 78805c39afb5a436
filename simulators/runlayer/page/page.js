// The admin page: plain DOM over the admin API, no parts from elsewhere.
const $ = (id) => document.getElementById(id);
const pageSize = 25;
/** @typedef {{ name: string, form: string, says: string, family: string, kind: string }} Kind */
const view = {
  token: '',
  skip: 0,
  count: 0,
  roles: [],
  /** @type {string[]} */
  behaviours: [],
  /** @type {string[]} */
  faults: [],
  /** @type {{ behaviours: Kind[], faults: Kind[] }} */
  catalogue: { behaviours: [], faults: [] },
};

const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token');
// Out of the address bar at once, so that it is not copied along with the address.
if (fromAddress) history.replaceState(null, '', location.pathname);

async function call(path, body) {
  const response = await fetch(`/__admin${path}`, {
    headers: { authorization: `Bearer ${view.token}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Runs something that the reader asked for; a refusal is shown and stays until the next thing works. */
async function attempt(action) {
  try {
    await action();
    $('message').hidden = true;
  } catch (error) {
    $('message').textContent = error.message;
    $('message').hidden = false;
  }
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Characters that turn or hide text are shown by their number. */
const shown = (text) => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);

const nameOf = (person) => (person.name ? shown(person.name) : person.email);

const act = (path, body) =>
  attempt(async () => {
    await call(path, body);
    await Promise.all([showPeople(), showState()]);
  });

async function showPeople() {
  const query = $('query').value.trim() || $('role-filter').value;
  const { data, count } = await call(`/users?skip=${view.skip}&limit=${pageSize}&query=${encodeURIComponent(query)}`);
  view.count = count;
  $('people').replaceChildren(...data.map(personRow));
  if (data.length === 0) $('people').append(make('li', { className: 'none', textContent: 'Nobody is found.' }));
  $('range').textContent =
    count === 0 ? '0' : `${view.skip + 1} to ${view.skip + data.length} of ${count.toLocaleString('en')}`;
  $('previous').disabled = view.skip === 0;
  $('next').disabled = view.skip + data.length >= count;
}

function personRow(person) {
  const name = nameOf(person);
  const kind = { agent: 'agent', service_account: 'service account' }[person.type];
  const facts = [person.email, kind, person.active ? undefined : 'deactivated'].filter(Boolean).join(' · ');
  const button = (text, path) =>
    make('button', {
      type: 'button',
      textContent: text,
      ariaLabel: `${text} ${name}`,
      onclick: () => act(path, { userId: person.id }),
    });
  const roles = person.roles.map((role) =>
    make(
      'span',
      { className: 'role' },
      role.name,
      make('button', {
        type: 'button',
        textContent: '×',
        title: `Take ${role.name} away`,
        ariaLabel: `Take ${role.name} from ${name}`,
        onclick: () => act('/demote', { userId: person.id, role: role.slug }),
      }),
    ),
  );
  const others = view.roles.filter((role) => !person.roles.some((held) => held.id === role.id));
  const promote = make(
    'select',
    { ariaLabel: `Give ${name} a role` },
    make('option', { value: '', textContent: 'Give a role' }),
    ...others.map((role) => make('option', { value: role.slug, textContent: role.name })),
  );
  promote.addEventListener('change', () => void act('/promote', { userId: person.id, role: promote.value }));
  return make(
    'li',
    { className: 'person' },
    make(
      'div',
      { className: 'who' },
      make('span', {
        className: `name${person.active ? '' : ' inactive'}`,
        textContent: name,
        title: name,
        dir: 'auto',
      }),
      make('span', { className: 'quiet', textContent: facts }),
    ),
    make(
      'div',
      { className: 'acts' },
      person.active ? button('Deactivate', '/deactivate') : button('Reactivate', '/reactivate'),
      button('Delete', '/delete'),
    ),
    make('div', { className: 'roles' }, ...roles, promote),
  );
}

async function showState() {
  const [state, { held, pending }, changes] = await Promise.all([call('/state'), call('/held'), call('/changes')]);
  const methods = Object.entries(state.requests.byMethod).map(
    ([method, count]) => `${count.toLocaleString('en')} ${method}`,
  );
  $('facts').textContent =
    `${state.users.toLocaleString('en')} users, ${state.roles} roles, seed ${state.seed}, assignments ${state.assignments}. ` +
    `Requests so far: ${methods.join(', ') || 'none'}.`;
  showHeld(held, pending);
  showBehaviours(state);
  showFaults(state);
  const newest = changes.slice(-8).reverse();
  $('changes').replaceChildren(
    ...newest.map((change) => {
      const what = [change.kind, change.role, change.name ? shown(change.name) : undefined].filter(Boolean).join(' · ');
      const time = `${change.at.slice(0, 10)} ${change.at.slice(11, 19)} UTC`;
      return make(
        'li',
        {},
        make('div', { textContent: what, dir: 'auto' }),
        make('div', {
          className: 'quiet mono',
          textContent: `${time} · ${(change.userId ?? change.role).slice(0, 8)} · ${change.by}`,
        }),
      );
    }),
  );
  if (newest.length === 0)
    $('changes').append(make('li', { className: 'none', textContent: 'Nothing has changed since the first day.' }));
}

function showHeld(held, pending) {
  $('release').disabled = held.length === 0;
  const rows = held.map((request) =>
    make(
      'li',
      { className: 'row' },
      make('span', { className: 'grow mono', textContent: `${request.method} ${request.path}${request.search}` }),
      make('button', {
        type: 'button',
        textContent: 'Release',
        ariaLabel: `Release request ${request.n}`,
        onclick: () => act('/release', { n: request.n }),
      }),
    ),
  );
  const waits = pending.map(({ n, path }) =>
    make('li', {
      className: 'none',
      textContent: `Will hold ${n === 1 ? 'the next request' : `request ${n} from now`}${path ? ` on ${path}` : ''}.`,
    }),
  );
  fill('held', [held, pending], [...rows, ...waits], 'No request is held.');
}

/** Fills a list, but leaves it alone while nothing changes, or a button would lose the focus each second. */
function fill(id, words, rows, none) {
  const said = JSON.stringify(words);
  if ($(id).dataset.words === said) return;
  $(id).dataset.words = said;
  $(id).replaceChildren(...(rows.length > 0 ? rows : [make('li', { className: 'none', textContent: none })]));
}

function showBehaviours({ behaviours }) {
  view.behaviours = behaviours;
  const rows = behaviours.map((spec) => {
    const known = view.catalogue.behaviours.find(({ name }) => name === spec.split(':')[0]);
    return make(
      'li',
      { className: 'row' },
      make(
        'div',
        { className: 'grow' },
        make('div', { className: 'mono', textContent: spec }),
        make('div', { className: 'quiet', textContent: known?.says ?? '' }),
      ),
      make('button', {
        type: 'button',
        textContent: 'Switch off',
        ariaLabel: `Switch ${spec} off`,
        onclick: () => act('/behaviours', { set: view.behaviours.filter((other) => other !== spec) }),
      }),
    );
  });
  fill('behaviours', behaviours, rows, 'None: the tenant behaves as the likeliest guess does.');
}

function showFaults({ faults: { seed, requests, faults } }) {
  view.faults = faults.map(({ spec }) => spec);
  $('no-faults').disabled = faults.length === 0;
  const rows = faults.map(({ spec, fired }) => {
    const hits = fired.map(({ request }) => request);
    const newest =
      hits.length > 5 ? `${hits.length} times, last at request ${hits.at(-1)}` : `request ${hits.join(', ')}`;
    return make(
      'li',
      {},
      make('div', { className: 'mono', textContent: spec }),
      make('div', { className: 'quiet', textContent: hits.length > 0 ? `Fell on ${newest}` : 'Waits' }),
    );
  });
  if (rows.length > 0) {
    const from = seed === null ? '' : `, drawn from seed ${seed}`;
    rows.push(make('li', { className: 'none', textContent: `${requests} requests since the plan was set${from}.` }));
  }
  fill('faults', [seed, requests, faults], rows, 'None.');
}

/** What one can choose from, once. */
function showCatalogue() {
  const families = Object.groupBy(view.catalogue.behaviours, ({ family }) => family);
  $('behaviour-name').replaceChildren(
    ...Object.entries(families).map(([family, kinds]) => {
      const options = kinds
        .filter(({ name }) => name !== 'hold')
        .map(({ name, kind }) => make('option', { value: name, textContent: `${name} (${kind})` }));
      return make('optgroup', { label: family }, ...options);
    }),
  );
  $('fault-names').replaceChildren(
    ...view.catalogue.faults.map(({ name, form, says }) =>
      make('option', { value: `${name}@1`, textContent: `${name}@n${form}: ${says}` }),
    ),
  );
  showChosen();
}

function showChosen() {
  const chosen = view.catalogue.behaviours.find(({ name }) => name === $('behaviour-name').value);
  $('behaviour-says').textContent = chosen?.says ?? '';
  $('behaviour-argument-label').hidden = !chosen?.form;
  $('behaviour-argument').placeholder = chosen?.form.replaceAll(/[[\]]/g, '') ?? '';
  $('behaviour-argument').value = '';
}

async function open(token) {
  view.token = token;
  [view.roles, view.catalogue] = await Promise.all([call('/roles'), call('/behaviours')]);
  showCatalogue();
  const options = () => view.roles.map((role) => make('option', { value: role.slug, textContent: role.name }));
  $('role-filter').replaceChildren(make('option', { value: '', textContent: 'All roles' }), ...options());
  $('add-role').replaceChildren(...options());
  $('add-role').value = 'user';
  await Promise.all([showPeople(), showState()]);
  $('sign-in').hidden = true;
  $('main').hidden = false;
  setInterval(() => {
    if (!document.hidden) void attempt(showState);
  }, 1000);
}

const onSubmit = (id, action) =>
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void action();
  });
const fromStart = () => {
  view.skip = 0;
  void attempt(showPeople);
};
const turn = (by) => {
  view.skip = Math.max(0, view.skip + by);
  void attempt(showPeople);
};

onSubmit('sign-in', () => attempt(() => open($('token').value.trim())));
onSubmit('search', fromStart);
$('query').addEventListener('input', () => {
  $('role-filter').value = '';
  fromStart();
});
$('role-filter').addEventListener('change', () => {
  $('query').value = '';
  fromStart();
});
$('previous').addEventListener('click', () => turn(-pageSize));
$('next').addEventListener('click', () => turn(pageSize));
$('release').addEventListener('click', () => void act('/release', {}));
$('behaviour-name').addEventListener('change', showChosen);
onSubmit('behave', () => {
  const argument = $('behaviour-argument').value.trim().replace(/^:/, '');
  const spec = $('behaviour-name').value + (argument ? `:${argument}` : '');
  return act('/behaviours', { set: [...view.behaviours.filter((other) => other !== spec), spec] });
});
onSubmit('plan', () => act('/faults', { set: [...view.faults, $('fault').value.trim()] }));
onSubmit('draw', () => act('/faults', { seed: Number($('fault-seed').value) }));
$('no-faults').addEventListener('click', () => void act('/faults', { set: [] }));
onSubmit('hold', () =>
  act('/hold', { n: Number($('hold-n').value), ...($('hold-path').value ? { path: $('hold-path').value } : {}) }),
);
onSubmit('add', async () => {
  await act('/add', { name: $('add-name').value, email: $('add-email').value, roles: [$('add-role').value] });
  if ($('message').hidden) $('add').reset();
  $('add-role').value = 'user';
});

if (fromAddress) void attempt(() => open(fromAddress));
