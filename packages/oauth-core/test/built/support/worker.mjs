// Does what each message asks for: the work of one case, on the adapters over one folder.
import { createFolderSubject, sharedContracts } from "./folder-subject.mjs";

async function answer({ task, port, name, worker, root, racy }) {
  try {
    const { work } = sharedContracts[port].find((candidate) => candidate.name === name);
    process.send({ task, results: await work(createFolderSubject(root, { racy }), worker) });
  } catch (error) {
    process.send({ task, error: String(error) });
  }
}

process.on("message", (message) => void answer(message));
process.send("ready");
