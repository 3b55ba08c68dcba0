// Texts of the mails. `{{time}}` is a value of contracts' `mailValues`; `link` becomes a button.
// HTML and plain text derive from the same texts.
export const mails = {
  verify: {
    subject: 'Verify your address',
    lines: [
      'Hello,',
      'somebody – you, we hope – made a Synap account with this address. Verify it within {{hours}} hours:',
    ],
    button: 'Verify the address',
    note: 'If it was not you, there is nothing to do: without this the account cannot be used.',
  },
  reset: {
    subject: 'Choose a new password',
    lines: [
      'Hello,',
      'a new password was asked for. Within {{minutes}} minutes you can choose one:',
    ],
    button: 'Choose a password',
    note: 'If it was not you, there is nothing to do: your password stays as it is.',
  },
  invite: {
    subject: 'You are invited to Synap',
    lines: [
      'Hello,',
      '{{invitedBy}} invites you to Synap. Make your account within {{hours}} hours:',
    ],
    button: 'Make the account',
    note: 'If you expected nothing like this, there is nothing to do.',
  },
  'existing-account': {
    subject: 'You have an account already',
    lines: [
      'Hello,',
      'somebody tried to make a Synap account with this address, which has one. You can sign in, or choose a new password:',
    ],
    button: 'Go to Synap',
    note: 'If it was not you, there is nothing to do.',
  },
  'choose-password': {
    subject: 'Choose the password of your account',
    lines: [
      'Hello,',
      'somebody – you, we hope – made a Synap account with this address more than once, and it was not verified yet. None of the passwords counts. Choose one within {{minutes}} minutes:',
    ],
    button: 'Choose a password',
    note: 'If it was not you, there is nothing to do: without this nobody can sign in.',
  },
  'password-changed': {
    subject: 'Your password was changed',
    lines: [
      'Hello,',
      'the password of your account was changed at {{time}} from {{address}}. All other sign-ins have ended.',
    ],
    note: 'If it was not you, ask for a new password at once and tell your administrator.',
  },
  'email-changed': {
    subject: 'Your address was changed',
    lines: [
      'Hello,',
      'the mail address of your account was changed at {{time}} from {{address}}. Mails no longer come here.',
    ],
    note: 'If it was not you, tell your administrator at once.',
  },
  'new-sign-in': {
    subject: 'A new sign-in to your account',
    lines: ['Hello,', 'somebody signed in at {{time}} with {{device}} from {{address}}.'],
    note: 'If it was not you, change your password and end the session in your list of sessions.',
  },
  'failed-sign-ins': {
    subject: 'Many failed sign-ins to your account',
    lines: [
      'Hello,',
      'since about {{time}} somebody has tried many wrong passwords on your account. Further tries are slowed down; you can go on signing in.',
    ],
    note: 'A long password that you use nowhere else keeps them out.',
  },
  test: {
    subject: 'A test of mail',
    lines: ['Hello,', 'this is the test of {{time}}. Mail from Synap arrives.'],
    note: 'An administrator asked for it.',
  },
};
