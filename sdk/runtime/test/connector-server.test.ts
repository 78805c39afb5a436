import { join } from 'node:path';
import { connectInMemory } from '@batonkit/connector';
import { BatonError } from '@batonkit/kernel';
import { ResourcesService } from '@batonkit/protocol';
import { Health, HealthCheckResponse_ServingStatus as Serving } from '@batonkit/protocol/grpc';
import { reflectionV1, reflectionV1alpha } from '@batonkit/protocol/grpc';
import { connectRemote } from '@batonkit/syncer/connect-remote';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { credentialsOf, deps, fixtureService, newAuthority, newFolder, serve, syncTo, transportTo } from './served.ts';

const { signal } = new AbortController();

/** The 16 services of every genuine connector process (recorded). */
const genuine = `AccountManager Action Asset Connector CredentialManager Entitlements Event GrantManager Grants
  ResourceDeleter ResourceGetter ResourceManager ResourceTypes Resources Tickets`
  .split(/\s+/)
  .map((name) => `c1.connector.v2.${name}Service`)
  .concat('c1.ratelimit.v1.RateLimiterService');
const tools = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

describe('a full sync over mutual TLS', () => {
  it('gives the same content as one in memory', async () => {
    using folder = newFolder();
    await using inMemory = fixtureService(join(folder.path, 'a'), { users: 1200 });
    await using served = fixtureService(join(folder.path, 'b'), { users: 1200 });
    const authority = newAuthority();
    await using server = await serve(authority, served);
    const place = { host: '127.0.0.1', port: server.port ?? 0 };
    await using remote = await connectRemote({ place, ...credentialsOf(authority), clock: deps.clock, signal });
    const over = await syncTo(folder.path, remote.client, 'over');
    const here = await syncTo(folder.path, connectInMemory(inMemory), 'here');
    expect(over.summary.counts).toMatchObject({ resources: 1202, grants: 1200 });
    expect(over.summary.contentDigest).toBe(here.summary.contentDigest);
    expect(over.certificate.verdict).toBe('complete');
  });

  it('is the same when every page has to be cut', async () => {
    using folder = newFolder();
    await using inMemory = fixtureService(join(folder.path, 'a'), { users: 700 });
    await using served = fixtureService(join(folder.path, 'b'), { users: 700 });
    const authority = newAuthority();
    await using server = await serve(authority, served, { largestMessage: 4000 });
    const place = { host: '127.0.0.1', port: server.port ?? 0 };
    await using remote = await connectRemote({
      place,
      ...credentialsOf(authority),
      clock: deps.clock,
      signal,
      // What a stock peer does with a message over its limit.
      largestAnswer: 4000,
    });
    const over = await syncTo(folder.path, remote.client, 'over');
    const here = await syncTo(folder.path, connectInMemory(inMemory), 'here');
    expect(over.summary.contentDigest).toBe(here.summary.contentDigest);
  });

  it('works on a Unix socket', async () => {
    using folder = newFolder();
    await using served = fixtureService(join(folder.path, 'a'));
    const authority = newAuthority();
    const path = join(folder.path, 'socket');
    await using _server = await serve(authority, served, { listen: { path } });
    await using remote = await connectRemote({
      place: { path },
      ...credentialsOf(authority),
      clock: deps.clock,
      signal,
    });
    await expect(remote.client.connector.validate({})).resolves.toMatchObject({ sdkVersion: 'v0.25.0' });
  });

  it('refuses a row that no message can hold, instead of leaving it out', async () => {
    using folder = newFolder();
    await using served = fixtureService(join(folder.path, 'a'), { users: 40 });
    const authority = newAuthority();
    // Room for the roles and for no user.
    await using server = await serve(authority, served, { largestMessage: 120 });
    const place = { host: '127.0.0.1', port: server.port ?? 0 };
    await using remote = await connectRemote({ place, ...credentialsOf(authority), clock: deps.clock, signal });
    await expect(syncTo(folder.path, remote.client)).rejects.toMatchObject({ report: { code: 'BK-ROW-SIZE' } });
  });
});

describe('who may call', () => {
  it('is only who has a certificate of the authority', async () => {
    using folder = newFolder();
    await using served = fixtureService(folder.path);
    const [own, other] = [newAuthority(), newAuthority()];
    await using server = await serve(own, served);
    const place = { host: '127.0.0.1', port: server.port ?? 0 };
    const connect = (given: Parameters<typeof connectRemote>[0] | object) =>
      connectRemote({ place, ...credentialsOf(own), clock: deps.clock, signal, ...given });
    const refused = (why: RegExp) => ({ report: { code: 'BK-REMOTE', title: expect.stringMatching(why) as string } });
    const { cert, key } = credentialsOf(other);
    await expect(connect({ cert, key })).rejects.toMatchObject(refused(/accept our certificate/));
    await expect(connect({ cert: undefined, key: undefined })).rejects.toMatchObject(refused(/accept our certificate/));
    await expect(connect({ ca: credentialsOf(other).ca })).rejects.toMatchObject(refused(/not of the authority/));
    await expect(connect({ place: { host: 'localhost', port: server.port } })).rejects.toMatchObject(
      refused(/for another address/),
    );
    await using good = await connect({});
    await expect(good.client.connector.validate({})).resolves.toBeDefined();
    await server.close(0);
    await expect(connect({})).rejects.toMatchObject(refused(/nothing listens/));
  });
});

describe('an error', () => {
  it('crosses the wire with its code, texts and field', async () => {
    using folder = newFolder();
    await using served = fixtureService(folder.path, { behaviour: 'invalid' });
    const authority = newAuthority();
    await using server = await serve(authority, served);
    const place = { host: '127.0.0.1', port: server.port ?? 0 };
    await using remote = await connectRemote({ place, ...credentialsOf(authority), clock: deps.clock, signal });
    const thrown = await syncTo(folder.path, remote.client).catch((error: unknown) => error);
    const inMemory = await syncTo(folder.path, connectInMemory(served)).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(BatonError);
    expect((thrown as BatonError).report).toEqual((inMemory as BatonError).report);
  });

  it('that says NotFound never reaches a peer as such: it would pass over the list', async () => {
    using folder = newFolder();
    await using served = fixtureService(folder.path);
    const authority = newAuthority();
    const lost = () => {
      throw new ConnectError('gone', Code.NotFound);
    };
    served.grants.listGrants = lost;
    served.resources.listResources = lost;
    await using server = await serve(authority, served);
    await using transport = transportTo(server.port ?? 0, authority);
    const client = createClient(ResourcesService, transport);
    await expect(client.listResources({ resourceTypeId: 'user' })).rejects.toMatchObject({
      code: Code.FailedPrecondition,
    });
  });
});

describe('health and reflection', () => {
  it('say what is served', async () => {
    using folder = newFolder();
    await using served = fixtureService(folder.path);
    const authority = newAuthority();
    await using server = await serve(authority, served);
    await using transport = transportTo(server.port ?? 0, authority);
    for (const { ServerReflection } of [reflectionV1, reflectionV1alpha]) {
      const answers = createClient(
        ServerReflection as typeof reflectionV1.ServerReflection,
        transport,
      ).serverReflectionInfo(
        (async function* () {
          yield { messageRequest: { case: 'listServices' as const, value: '' } };
          yield {
            messageRequest: {
              case: 'fileContainingSymbol' as const,
              value: 'c1.connector.v2.GrantsService.ListGrants',
            },
          };
          yield { messageRequest: { case: 'fileByFilename' as const, value: 'google/protobuf/any.proto' } };
          yield { messageRequest: { case: 'fileContainingSymbol' as const, value: 'no.Such' } };
        })(),
      );
      const told: reflectionV1.ServerReflectionResponse['messageResponse'][] = [];
      for await (const { messageResponse } of answers) told.push(messageResponse);
      const [list, symbol, file, none] = told;
      const names = list?.case === 'listServicesResponse' ? list.value.service.map(({ name }) => name) : [];
      expect(names).toEqual([...genuine, ...tools].toSorted());
      for (const [answer, name] of [
        [symbol, 'c1/connector/v2/grant.proto'],
        [file, 'google/protobuf/any.proto'],
      ] as const) {
        const bytes = answer?.case === 'fileDescriptorResponse' ? answer.value.fileDescriptorProto[0] : undefined;
        expect(fromBinary(FileDescriptorProtoSchema, bytes ?? new Uint8Array()).name).toBe(name);
      }
      expect(none?.case === 'errorResponse' ? none.value.errorCode : 0).toBe(Code.NotFound);
    }
    const health = createClient(Health, transport);
    for (const service of ['', 'c1.connector.v2.GrantsService'])
      await expect(health.check({ service })).resolves.toMatchObject({ status: Serving.SERVING });
    await expect(health.check({ service: 'no.Such' })).rejects.toMatchObject({ code: Code.NotFound });
  });

  it('tell who watches that the server ends', async () => {
    using folder = newFolder();
    await using served = fixtureService(folder.path);
    const authority = newAuthority();
    await using server = await serve(authority, served);
    await using transport = transportTo(server.port ?? 0, authority);
    const seen: number[] = [];
    for await (const { status } of createClient(Health, transport).watch({})) {
      seen.push(status);
      if (seen.length === 1) void server.close(5000);
    }
    expect(seen).toEqual([Serving.SERVING, Serving.NOT_SERVING]);
  });
});
