import { existsSync, readFileSync } from 'node:fs';
import { arch, hostname, machine, platform, release } from 'node:os';
import type { BatonServiceHelloRequest_OSInfo } from '@batonkit/protocol/connectorapi';
import { BatonServiceHelloRequest_OSInfoSchema } from '@batonkit/protocol/connectorapi';
import { create } from '@bufbuild/protobuf';

/**
 * The machine, for Hello. No field is ever empty: C1 has been known to refuse a connector with an empty one
 * (protocol: runtime 3.5).
 */
export function describeHost(): BatonServiceHelloRequest_OSInfo {
  const os = platform();
  const { ID = os, VERSION_ID = release(), ID_LIKE = ID } = os === 'linux' ? readRelease() : {};
  return create(BatonServiceHelloRequest_OSInfoSchema, {
    hostname: hostname() || 'unknown',
    os,
    platform: ID,
    platformVersion: VERSION_ID || 'unknown',
    platformFamily: ID_LIKE.split(' ')[0] || ID,
    kernelVersion: release() || 'unknown',
    kernelArch: machine() || arch(),
    virtualizationSystem: virtualization(),
  });
}

function readRelease(): Record<string, string> {
  try {
    const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^([A-Z_]+)=(?:"([^"\n]+)"|([^"\n]+))$/gm);
    return Object.fromEntries([...lines].map(([, key = '', quoted, bare]) => [key, quoted ?? bare ?? '']));
  } catch {
    return {};
  }
}

function virtualization(): string {
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  if (existsSync('/var/run/secrets/kubernetes.io')) return 'kubernetes';
  return 'none';
}
