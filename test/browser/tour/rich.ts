/** An answer that has everything that Markdown can be. */
export const RICH = `# Rollout of the new store

The migration is **ready**, *almost* tested and ~~blocked~~ unblocked. It runs \`migrate --dry\` first, and the plan is
in [the runbook](https://wiki.example.com/runbook).

## Steps

1. Freeze the branch
   - tag the candidate
   - tell the people on call
2. Run the migration on a copy
3. Compare counts

- [x] Backups verified
- [ ] Dashboards have an owner

> Nobody watches the queue length yet. That is the number that moved first the last time.

| check | before | after | owner |
|:--|--:|--:|:--|
| rows | 1,204,331 | 1,204,331 | Bo |
| longest lock | – | 212 ms | Bo |
| p99 of the API | 84 ms | 91 ms | Cy |

\`\`\`ts
// Reads in pages, so that memory stays flat.
export async function* rows(table: string, size = 1_000) {
  for (let after = 0; ; after += size) {
    const page = await query(\`select * from \${table} where id > \${after} order by id limit \${size}\`)
    if (page.length === 0) return
    yield* page
  }
}
\`\`\`

### What is left

Somebody takes the dashboards; then **Thursday holds**.

---

A last line after a rule.`
