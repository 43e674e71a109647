import { LayoutService } from './layout-service.ts'
import { type Port, serve } from './rpc.ts'

serve(self as unknown as Port, new LayoutService())
