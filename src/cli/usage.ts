import type { Command, CommanderError, Help } from 'commander'
import type { Catalogue } from '../i18n/index.ts'

/** commander's own headings, in the user's language. */
export function translateHelp(program: Command, text: Catalogue): void {
  const words: Record<string, string> = {
    'Usage:': text.help.usage,
    'Options:': text.help.options,
    'Global Options:': text.help.globalOptions,
    'Arguments:': text.help.arguments,
    'Commands:': text.help.commands,
  }
  const translate = (usage: string) =>
    usage.replace('[options]', text.help.optionsWord).replace('[command]', text.help.commandWord)
  const parent = program.createHelp()
  program
    .configureHelp({
      showGlobalOptions: true,
      // The descriptions contain the defaults, in the user's language.
      optionDescription: (option) => option.description,
      styleTitle: (title: string) => words[title] ?? title,
      commandUsage(this: Help, command: Command) {
        return translate(parent.commandUsage.call(this, command))
      },
      subcommandTerm(this: Help, command: Command) {
        return translate(parent.subcommandTerm.call(this, command))
      },
    })
    .helpOption('-h, --help', text.help.helpOption)
    .helpCommand(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride()
}

/** commander's complaint in the user's language, recognised by its code. */
export function usageMessage(text: Catalogue, error: CommanderError): string {
  const quoted = [...error.message.matchAll(/'([^']*)'/g)].map(([, word]) => word ?? '')
  const [first = '', second = ''] = quoted
  const nearest = /Did you mean (?:one of )?(.+?)\?/.exec(error.message)?.[1]
  const { usage } = text
  const also = nearest === undefined ? '' : ` ${usage.didYouMean(nearest)}`
  switch (error.code) {
    case 'commander.unknownOption':
      return usage.unknownOption(first) + also
    case 'commander.unknownCommand':
      return usage.unknownCommand(first) + also
    case 'commander.missingArgument':
      return usage.missingArgument(first)
    case 'commander.optionMissingArgument':
      return usage.optionMissingArgument(first)
    case 'commander.missingMandatoryOptionValue':
      return usage.missingOption(first)
    case 'commander.conflictingOption':
      return usage.conflict(first, second)
    case 'commander.excessArguments':
      return usage.excessArguments
    default:
      return error.message.replace(/^error: /, '')
  }
}
