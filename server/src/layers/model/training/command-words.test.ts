import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { splitCommand } from './command-words.ts'

const COMMANDS = [
  'node train.ts',
  '  node   train.ts\t--depth 6  ',
  `python -c 'print("a b", 1)'`,
  `sh -c "echo \\"hi\\" \\\\ 'there'"`,
  String.raw`./my\ script.sh a\'b "c\d" x'y'"z"`,
  `r '' ""`,
  `echo a=b --x={} c#d e~f '$HOME' '*' '|'`,
]

test('words are those of a POSIX shell', () => {
  for (const command of COMMANDS) {
    const print = 'for word in "$@"; do printf "%s\\0" "$word"; done'
    const shell = execFileSync('sh', ['-c', `set -- ${command}; ${print}`], { encoding: 'utf8' }).split('\0')
    expect([...splitCommand(command), '']).toEqual(shell)
  }
})

test('a folded line of YAML may end in a line break', () => {
  expect(splitCommand('node train.ts\n')).toEqual(['node', 'train.ts'])
})

test('what only a shell understands is refused by its name', () => {
  const refused: Record<string, RegExp> = {
    'node a.ts | tee log': /a pipe/,
    'node a.ts && node b.ts': /second command/,
    'node a.ts; rm -rf /': /second command/,
    'node a.ts\nnode b.ts': /second line/,
    'node a.ts > log': /redirection/,
    'node a.ts --key $KEY': /variable/,
    'node "a $KEY"': /variable.*double quotes/,
    'node `which x`': /inside the command/,
    'cat *.csv': /pattern/,
    '~/train.sh': /home folder/,
    'EPOCHS=3 python train.py': /EPOCHS=/,
    "node 'a.ts": /never closed/,
    'node a\\': /backslash/,
    '': /no program/,
    "'' a": /no program/,
    'node a\0b': /NUL/,
  }
  for (const [command, reason] of Object.entries(refused)) {
    expect(() => splitCommand(command), command).toThrow(reason)
    expect(() => splitCommand(command), command).toThrow(
      expect.objectContaining({ code: 'TRAIN_COMMAND_UNCLEAR', hint: expect.stringContaining('sh train.sh') }),
    )
  }
})
