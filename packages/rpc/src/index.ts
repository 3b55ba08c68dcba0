export { createRpcHandler } from './handler.js';
export { invokeProcedure } from './invoke-procedure.js';
export type {
  RpcCall,
  RpcFailure,
  RpcHandler,
  RpcHandlerOptions,
  RpcOptions,
  RpcRequest,
  RpcResults,
  RpcUploadType,
} from './options.js';
