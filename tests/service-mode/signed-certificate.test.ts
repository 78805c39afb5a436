import { checkSignature, parseCertificate, readVerifyingKey } from '@batonkit/certificate';
import { makeCredential, type FakeC1, type Fault } from '@batonkit/conformance';
import { announce, certificateFromAnnotations } from '@batonkit/protocol';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

const id = '2N0tTest00000000000000Task1';
const sync = { id, taskType: { case: 'syncFull', value: {} } } as const;

function annotationsOf({ tasks }: FakeC1) {
  const state = tasks.get(id)?.finishes[0]?.request.finalState;
  if (state?.case !== 'success') throw new Error('The task did not end well.');
  return state.value.annotations;
}

const keyOf = ({ publicKey }: { publicKey: FakeC1['credential']['publicKey'] }) =>
  readVerifyingKey(publicKey.export({ type: 'spki', format: 'pem' }).toString());

test('the certificate travels to who announced it, signed with the key of the credential', async () => {
  const hello: Fault = { kind: 'reply', message: { annotations: [announce(['certificate'])] } };
  await withService({ tasks: [sync] }, [{ on: 'Hello', fault: hello }], async ({ c1 }) => {
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    const json = certificateFromAnnotations(annotationsOf(c1));
    const certificate = parseCertificate(JSON.stringify(json));
    expect(checkSignature(certificate, [keyOf(c1.credential)])).toBe('valid');
    expect(checkSignature(certificate, [keyOf(makeCredential('localhost'))])).not.toBe('valid');
    expect(certificate.sha256).toBe(c1.tasks.get(id)?.assets[0]?.sha256);
  });
});

test('whoever announced nothing gets what a genuine connector sends', async () => {
  await withService({ tasks: [sync] }, [], async ({ c1 }) => {
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    expect(annotationsOf(c1)).toEqual([]);
  });
});
