// The stage: a real cloud and simulated devices in a process of their own (tests/stage), told what to do line by line.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../target/debug/stage', import.meta.url));

export class Stage {
  static async begin() {
    const stage = new Stage();
    stage.process = spawn(PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'] });
    stage.answers = createInterface({ input: stage.process.stdout })[Symbol.asyncIterator]();
    const { cloud } = await stage.hear();
    // The name that browsers trust with secure cookies without TLS.
    stage.cloud = cloud.replace('127.0.0.1', 'localhost');
    return stage;
  }

  async hear() {
    const { value, done } = await this.answers.next();
    if (done) throw new Error('the stage is gone');
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  async tell(what, order = {}) {
    this.process.stdin.write(JSON.stringify({ do: what, ...order }) + '\n');
    return this.hear();
  }

  end() {
    this.process.stdin.end();
  }
}
