import { startFakeC1 } from '../fake-c1/start-fake-c1.ts';
import { Finding } from './finding.ts';
import type { Launcher } from './run-program.ts';

const ID = '2N0tTest00000000000000Task1';

/**
 * One task of C1, from Hello to SIGTERM.
 *
 * @param isForeign it need not hear SIGTERM: connectors of the Go SDK do not
 * @throws Finding
 */
export async function checkService(
  launcher: Launcher,
  env: Record<string, string>,
  { seconds, isForeign }: { seconds: number; isForeign: boolean },
): Promise<{ path: string; seen: string; end: () => Promise<void> }> {
  const c1 = await startFakeC1({ tasks: [{ id: ID, taskType: { case: 'syncFull', value: {} } }], nextPollMs: 200 });
  const end = async (): Promise<void> => await c1[Symbol.asyncDispose]();
  const running = await launcher.start({ ...env, ...c1.environment, BATON_HOST_ID: 'conformance-1' });
  try {
    const polls = (): number => c1.exchanges.filter(({ call }) => /^GetTasks?$/.test(call)).length;
    let before = 0;
    const isOver = c1.until(({ tasks }) => {
      const isDone = tasks.get(ID)?.done === true;
      if (isDone && before === 0) before = polls();
      // It goes on asking afterwards.
      return isDone && polls() > before;
    }, seconds * 1000);
    const ended = running.ended.then(({ code, stderr }) => {
      throw new Finding(
        `it ended with ${code} while C1 had a task: ${stderr.trim().split('\n').at(-1)?.slice(0, 300)}`,
      );
    });
    await Promise.race([isOver, ended]).catch((error: unknown) => {
      throw error instanceof Finding ? error : new Finding((error as Error).message);
    });
    ended.catch(() => {});
    running.kill('SIGTERM');
    const { code, signal } = await running.ended;
    const record = c1.tasks.get(ID);
    const [first] = c1.exchanges.filter(({ call }) => call !== 'token' && !call.includes('oken'));
    if (first?.call !== 'Hello') throw new Finding(`its first call is ${first?.call}, not Hello`);
    const finishes = record?.finishes ?? [];
    if (finishes.length !== 1) throw new Finding(`${finishes.length} FinishTask for one task`);
    if (finishes[0]?.request.finalState.case !== 'success') throw new Finding('the task is finished as an error');
    const asset = record?.assets.find(({ kind }) => kind === 'c1z');
    if (asset === undefined) throw new Finding('no file came with the hash that was told');
    const how = code === null ? `by ${signal}` : `with exit ${code}`;
    if (code !== 0 && !(isForeign && signal === 'SIGTERM'))
      throw new Finding(`SIGTERM ends it ${how}, not with exit 0`);
    const seen = `Hello, ${asset.bytes} bytes with their hash, one FinishTask, ended ${how}`;
    return { path: asset.path, seen, end };
  } catch (error) {
    running.kill('SIGKILL');
    await running.ended;
    await end();
    throw error;
  }
}
