// Texts of the mails. `{{time}}` is a value of contracts' `mailValues`; `link` becomes a button.
// HTML and plain text derive from the same texts.
export const mails = {
  verify: {
    subject: 'Verify your address',
    lines: [
      'Hello,',
      'a Synap account was created with this address. If it was you, verify the address within {{hours}} hours:',
    ],
    button: 'Verify the address',
    note: 'If it was not you, you can ignore this mail: without verification the account cannot be used.',
  },
  reset: {
    subject: 'Choose a new password',
    lines: [
      'Hello,',
      'a new password was requested for your account. You can choose one within {{minutes}} minutes:',
    ],
    button: 'Choose a password',
    note: 'If it was not you, you can ignore this mail: your password does not change.',
  },
  invite: {
    subject: 'You are invited to Synap',
    lines: [
      'Hello,',
      '{{invitedBy}} invites you to Synap. Create your account within {{hours}} hours:',
    ],
    button: 'Create the account',
    note: 'If you did not expect this invitation, you can ignore this mail.',
  },
  'existing-account': {
    subject: 'You already have an account',
    lines: [
      'Hello,',
      'someone tried to create a Synap account with this address, but you already have one. You can sign in, or choose a new password:',
    ],
    button: 'Go to Synap',
    note: 'If it was not you, you can ignore this mail.',
  },
  'choose-password': {
    subject: 'Choose the password of your account',
    lines: [
      'Hello,',
      'a Synap account was registered more than once with this address, before it was verified. None of the passwords is valid. If it was you, choose a password within {{minutes}} minutes:',
    ],
    button: 'Choose a password',
    note: 'If it was not you, you can ignore this mail: without a new password no one can sign in.',
  },
  'password-changed': {
    subject: 'Your password was changed',
    lines: [
      'Hello,',
      'the password of your account was changed at {{time}} from {{address}}. All other sessions were ended.',
    ],
    note: 'If it was not you, request a new password at once and inform your administrator.',
  },
  'email-changed': {
    subject: 'Your address was changed',
    lines: [
      'Hello,',
      'the mail address of your account was changed at {{time}} from {{address}}. Mails are no longer sent to this address.',
    ],
    note: 'If it was not you, inform your administrator at once.',
  },
  'new-sign-in': {
    subject: 'A new sign-in to your account',
    lines: ['Hello,', 'someone signed in at {{time}} with {{device}} from {{address}}.'],
    note: 'If it was not you, change your password and end the session in your list of sessions.',
  },
  'failed-sign-ins': {
    subject: 'Many failed sign-ins to your account',
    lines: [
      'Hello,',
      'since about {{time}} someone has entered many wrong passwords for your account. Further attempts are slowed down; you can still sign in.',
    ],
    note: 'A long password that you use nowhere else protects your account.',
  },
  test: {
    subject: 'A test of mail',
    lines: ['Hello,', 'this is the test of {{time}}. Mail from Synap arrives.'],
    note: 'An administrator asked for it.',
  },
};
