import { reflectionV1, reflectionV1alpha } from '@batonkit/protocol/grpc';
import type { DescFile, DescService } from '@bufbuild/protobuf';
import { create, createRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { Code } from '@connectrpc/connect';

// The two versions differ in their names alone.
type Request = reflectionV1.ServerReflectionRequest | reflectionV1alpha.ServerReflectionRequest;
type Answer = reflectionV1.ServerReflectionResponse['messageResponse'];

/** Server reflection in its two versions, for tools such as grpcurl. */
export function routeReflection({ service }: ConnectRouter, others: readonly DescService[]): void {
  const versions = [reflectionV1.ServerReflection, reflectionV1alpha.ServerReflection];
  const services = [...others, ...versions];
  const files = withImports(services.map(({ file }) => file));
  const registry = createRegistry(...files.values());
  const answer = ({ messageRequest: asked }: Request): Answer => {
    switch (asked.case) {
      case 'listServices': {
        const names = services.map(({ typeName }) => typeName).toSorted();
        const value = create(reflectionV1.ListServiceResponseSchema, { service: names.map((name) => ({ name })) });
        return { case: 'listServicesResponse', value };
      }
      case 'fileByFilename':
        return fileAnswer(files.get(asked.value));
      case 'fileContainingSymbol':
        return fileAnswer(fileOf(registry, asked.value));
      case 'fileContainingExtension':
      case 'allExtensionNumbersOfType':
        return failed(Code.NotFound, 'There are no extensions.');
      default:
        return failed(Code.InvalidArgument, 'Nothing was asked for.');
    }
  };
  service(reflectionV1.ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests)
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request) };
    },
  });
  service(reflectionV1alpha.ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests)
        yield { validHost: request.host, originalRequest: request, messageResponse: renamed(answer(request)) };
    },
  });
}

/** The same in the older version: fields and numbers are equal. */
function renamed(answer: Answer): reflectionV1alpha.ServerReflectionResponse['messageResponse'] {
  const bytes = toBinary(
    reflectionV1.ServerReflectionResponseSchema,
    create(reflectionV1.ServerReflectionResponseSchema, { messageResponse: answer }),
  );
  return fromBinary(reflectionV1alpha.ServerReflectionResponseSchema, bytes).messageResponse;
}

function fileAnswer(file: DescFile | undefined): Answer {
  if (file === undefined) return failed(Code.NotFound, 'There is nothing of that name.');
  // One file: whoever asks comes back for its imports.
  const fileDescriptorProto = [toBinary(FileDescriptorProtoSchema, file.proto)];
  const value = create(reflectionV1.FileDescriptorResponseSchema, { fileDescriptorProto });
  return { case: 'fileDescriptorResponse', value };
}

/** The file of a message, an enum, a service, or of a method or field of one. */
function fileOf(registry: ReturnType<typeof createRegistry>, symbol: string): DescFile | undefined {
  const name = symbol.replace(/^\./, '');
  const found = registry.get(name) ?? registry.get(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  return found === undefined || found.kind === 'extension' ? undefined : found.file;
}

function failed(errorCode: number, errorMessage: string): Answer {
  return { case: 'errorResponse', value: create(reflectionV1.ErrorResponseSchema, { errorCode, errorMessage }) };
}

function withImports(roots: readonly DescFile[]): Map<string, DescFile> {
  const files = new Map<string, DescFile>();
  const queue = [...roots];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file.proto.name)) continue;
    files.set(file.proto.name, file);
    queue.push(...file.dependencies);
  }
  return files;
}
