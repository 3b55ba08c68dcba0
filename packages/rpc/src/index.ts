export { createRpcHandler } from './handler.js';
export { invokeProcedure } from './invoke-procedure.js';
export type {
  CompileSerializer,
  RpcCall,
  RpcFailure,
  RpcHandler,
  RpcHandlerOptions,
  RpcOptions,
  RpcRequest,
  RpcResults,
  RpcUploadType,
} from './options.js';
export { separateOutputParser, type UnvalidatedProcedure } from './output-parser.js';
