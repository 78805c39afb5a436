import { Code } from '@connectrpc/connect';
import type { connectNodeAdapter } from '@connectrpc/connect-node';

type Handler = ReturnType<typeof connectNodeAdapter>;

/** What is not registered is Unimplemented, as gRPC has it, and no HTTP 404. */
export const answerUnknown: Handler = (_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/grpc',
    'grpc-status': String(Code.Unimplemented),
    'grpc-message': 'There is no such method here.',
  });
  response.end();
};
