import type { Opened } from '../api/envelope.ts';
import { firstPage, type Page } from '../api/read-whole.ts';
import type { Me, RunlayerApi, Wanted } from '../api/runlayer-api.ts';
import { wantRoles, wantUsers } from '../api/wanted.ts';
import { fail } from '../errors.ts';
import type { ExceptionName, Judge } from '../exceptions.ts';
import { asRow, readId } from '../mapping/read-id.ts';
import { isServerRole, roleIdKeys } from '../mapping/role.ts';
import { readUserId } from '../mapping/user.ts';
import type { Settings } from '../settings.ts';
import { catalogueRows } from '../mapping/catalogue.ts';
import type { FoundList, TenantForm, Way } from '../tenant/tenant-form.ts';
import type { TenantReader } from '../tenant/tenant-reader.ts';
import { FormsSeen } from './forms-seen.ts';
import type { FirstPage, FoundLists, Unusable } from './found-lists.ts';
import { LooksAhead, type Look } from './looks-ahead.ts';
import { chooseWays, findOtherWays, startRolesOfOwner, waysOnUsers } from './ways.ts';

/** Where the list of users may be. Others, such as `/members`, have to be named. */
const usersPaths = ['/users', '/users/'];
const rolesPaths = ['/roles', '/fga/roles', '/rbac/roles', '/admin/roles', '/users/roles', '/authorization/roles'];

/**
 * Finds out where and in what form a tenant has its lists, in the order: who am I, users, roles, one
 * user's assignments. Each step throws in the connector's words; the next ones build on it.
 */
export class Discovery implements FoundLists {
  readonly api: RunlayerApi;
  readonly settings: Settings;
  readonly seen = new FormsSeen();
  readonly unusable: Unusable[] = [];
  sample: readonly string[] = [];
  /** The roles, for comparing ways, once they are read. */
  comparing: Promise<TenantReader> | undefined;
  private readonly most: number | undefined;
  private ahead: LooksAhead<Page> | undefined;
  private meFound: Me | undefined;
  private usersFound: FirstPage | undefined;
  private rolesFound: FirstPage | 'catalogue' | undefined;
  private waysFound: readonly Way[] | undefined;

  constructor(api: RunlayerApi, settings: Settings) {
    this.api = api;
    this.settings = settings;
    // Two rows show whether there is anybody beside the key's owner.
    this.most = settings.pageSize === undefined ? undefined : Math.max(2, settings.pageSize);
  }

  get me(): Me {
    return there(this.meFound);
  }

  get users(): FirstPage {
    return there(this.usersFound);
  }

  get roles(): FirstPage | 'catalogue' {
    return there(this.rolesFound);
  }

  /** The cheapest first. */
  get ways(): readonly Way[] {
    return there(this.waysFound);
  }

  /** Takes over what a comparison of the ways has shown. */
  settle({ ways }: TenantForm): void {
    this.waysFound = ways;
  }

  /** The key's owner and twenty others, whom the reading compares by a second way. */
  takeSample(): void {
    const others = this.users.page.rows.map(readUserId).filter((id) => id !== this.me.id);
    this.sample = [this.me.id, ...others.slice(0, 20)];
  }

  /** What the plans need. */
  form(first?: Way): TenantForm {
    const { users, roles, ways } = this;
    return {
      me: this.me,
      style: this.api.style,
      users: toFound(users),
      roles: roles === 'catalogue' ? roles : toFound(roles),
      ways: first === undefined ? ways : [first, ...ways.filter((way) => way !== first)],
    };
  }

  async findMe(signal: AbortSignal): Promise<Me> {
    this.meFound = await this.api.me(signal);
    this.seen.row('users/me', this.meFound.row);
    return this.meFound;
  }

  /** @throws BatonError `RL-WEAK-KEY` when nobody but the key's owner is shown */
  async findUsers(signal: AbortSignal): Promise<FoundList> {
    const { me, settings } = this;
    const named = settings.paths.users;
    const found = await this.locate('users', named === undefined ? usersPaths : [named], wantUsers, signal);
    if (found === undefined) {
      throw fail('RL-PATH-404', { path: named ?? '/users', what: 'users', option: 'users-path' });
    }
    const { rows, count } = found.page;
    if (rows.length === 0 && (count ?? 0) === 0) throw fail('RL-EMPTY', { what: 'users' });
    // With more rows to come the list surely holds others.
    const isAlone = rows.length === 1 && (count ?? 1) === 1 && readUserId(rows[0]) === me.id;
    if (isAlone && !settings.allowSingleUser) throw fail('RL-WEAK-KEY', {});
    this.usersFound = found;
    return found;
  }

  /** @returns the catalogue, where there is no list and somebody accepts that */
  async findRoles(signal: AbortSignal): Promise<FoundList | 'catalogue'> {
    const { settings } = this;
    const named = settings.paths.roles;
    const found = await this.locate('roles', named === undefined ? rolesPaths : [named], wantRoles, signal);
    if (found === undefined) {
      if (settings.exceptions.overruled('static-roles') === undefined) {
        const path = named ?? '/roles';
        throw fail('RL-PATH-404', { path, what: 'roles', option: 'roles-path', exception: 'static-roles' });
      }
      return (this.rolesFound = 'catalogue');
    }
    if (found.page.rows.length === 0) throw fail('RL-EMPTY', { what: 'roles' });
    for (const row of found.page.rows) readId(asRow(row, 'A role'), roleIdKeys, 'A role');
    return (this.rolesFound = found);
  }

  /** @throws BatonError when no way to the assignments is there, or not the one that was asked for */
  async findAssignments(signal: AbortSignal): Promise<readonly Way[]> {
    const onUsers = waysOnUsers(this.users.page.rows);
    // The others are looked for also when one is enough: they prove it, and stand in for it.
    const others = await findOtherWays(this, onUsers.length > 0, signal);
    this.waysFound = chooseWays(this, [...onUsers, ...others]);
    return this.waysFound;
  }

  /** An id of a role for trying a path out; undefined without a role of the platform. */
  someRole(): string | undefined {
    const { roles, settings } = this;
    const rows: readonly unknown[] = roles === 'catalogue' ? catalogueRows : roles.page.rows;
    const keys = settings.roleId === undefined ? roleIdKeys : [settings.roleId];
    const platform = rows.find((row) => !isServerRole(asRow(row, 'A role'), settings.exceptions));
    return platform === undefined ? undefined : readId(platform, keys, 'A role').id;
  }

  async locate(
    name: string,
    paths: readonly string[],
    want: (path: string) => Wanted,
    signal: AbortSignal,
    member?: string,
  ): Promise<FirstPage | undefined> {
    for (const path of paths) {
      const started = this.ahead?.take(placeOf(path, member));
      const { page, use } = await (started ?? this.look(name, want(path), signal, member));
      if (page === undefined) continue;
      use();
      this.seen.list(name, path, page);
      return { path, count: page.count, page };
    }
    return undefined;
  }

  /**
   * From now on, and until this is disposed of, looks that need not wait for one another go together.
   * @param most requests at once
   */
  lookAhead(most: number, signal: AbortSignal): Disposable {
    if (most < 2) return { [Symbol.dispose]() {} };
    const ahead = (this.ahead = new LooksAhead<Page>(most, signal));
    const { users = usersPaths[0], roles = rolesPaths[0] } = this.settings.paths;
    this.startLook('users', users, wantUsers);
    this.startLook('roles', roles, wantRoles);
    startRolesOfOwner(this);
    return {
      [Symbol.dispose]: () => {
        this.ahead = undefined;
        ahead[Symbol.dispose]();
      },
    };
  }

  startLook(name: string, path: string | undefined, want: (path: string) => Wanted, member?: string): void {
    if (path === undefined) return;
    this.ahead?.start(placeOf(path, member), (signal) => this.look(name, want(path), signal, member));
  }

  /** What it shows of the tenant's form, and which exceptions it needs, counts only if it is used. */
  private async look(name: string, wanted: Wanted, signal: AbortSignal, member?: string): Promise<Look<Page>> {
    const { exceptions } = this.settings;
    const needed = new Set<ExceptionName>();
    let form: Opened['form'] | undefined;
    const judge: Judge = {
      overruled: (exception) => {
        const value = exceptions.value(exception);
        if (value !== undefined) needed.add(exception);
        return value;
      },
    };
    const options = {
      ...(member === undefined ? {} : { member }),
      ...(this.most === undefined ? {} : { most: this.most }),
    };
    const tried: Wanted = { ...wanted, judge, isCandidate: true, seen: (opened) => (form = opened) };
    const page = await firstPage(this.api, tried, signal, options);
    const use = (): void => {
      for (const exception of needed) exceptions.overruled(exception);
      if (form !== undefined) this.seen.envelope(name, form);
    };
    return { page, use };
  }
}

const placeOf = (path: string, member = ''): string => `${path}\n${member}`;

function toFound({ path, count, page }: FirstPage): FoundList {
  const isWhole = page.rows.length === count && page.next === undefined && page.isMore !== true;
  return { path, count, ...(isWhole ? { seenWhole: count } : {}) };
}

function there<T>(found: T | undefined): T {
  if (found === undefined) throw new RangeError('This step of the discovery was not made yet.');
  return found;
}
