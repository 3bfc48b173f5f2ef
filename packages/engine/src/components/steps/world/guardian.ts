import { type ChildProcess, spawn } from "node:child_process";

/**
 * A small shell that outlives this process by a moment. It is told which process groups run; when this process or thread
 * ends, however, its input ends, and it ends the groups that are left. Without a shell there is no guardian.
 */
const script = `
groups=" "
while read -r sign group; do
  case "$sign" in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null || kill -KILL "-$group" 2>/dev/null; done
`;

let guardian: ChildProcess | undefined;

export type Guardian = {
  /** Has the group ended with this process. Returns the way to say that the group has ended. */
  readonly guard: (pid: number) => () => void;
};

/** Started before the first program is, so that between a program's start and its guarding there is no wait. */
export function wakeGuardian(): Guardian {
  guardian ??= start();
  return {
    guard(pid) {
      tell(`+ ${pid}\n`);
      return () => tell(`- ${pid}\n`);
    },
  };
}

function tell(line: string): void {
  guardian?.stdin?.write(line);
}

function start(): ChildProcess {
  const child = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  const forget = (): void => {
    if (guardian === child) guardian = undefined;
  };
  child.once("error", forget).once("exit", forget);
  child.stdin.on("error", forget);
  child.unref();
  unref(child.stdin);
  return child;
}

/** Its pipe must not keep this process running. */
function unref(stream: unknown): void {
  (stream as { unref?(): void }).unref?.();
}
