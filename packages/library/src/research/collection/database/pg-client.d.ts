/** The client alone, as `pg` has it inside: its types come with the package's door only. */
declare module "pg/lib/client.js" {
  import { Client } from "pg";
  export default Client;
}
