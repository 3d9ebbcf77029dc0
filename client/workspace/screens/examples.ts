/** Prompts that are worth sending by more than one person. */
export const EXAMPLES = [
  {
    title: 'Settle a decision',
    text: 'We have to choose between launching on Thursday and waiting a week. List the strongest arguments for each, ask each of us the one question whose answer would change your mind, then recommend.',
  },
  {
    title: 'Write a brief together',
    text: 'Draft a one-page brief for our next release: the goal, who it is for, what is out of scope, the risks, and the first three steps. Each of us will correct the part we know best.',
  },
  {
    title: 'Prepare a meeting',
    text: 'In an hour we review last week’s incident. Make an agenda for 30 minutes, with one question for each of us to answer beforehand.',
  },
] as const
