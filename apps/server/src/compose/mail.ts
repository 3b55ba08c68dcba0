import {
  type ComposeMail,
  createMailDelivery,
  MAIL_TASK,
  type MailDelivery,
  type Repositories,
} from '@synap/core';
import {
  createOutboxTransport,
  createSmtpTransport,
  MailRefused,
  type MailTransport,
  renderMail,
} from '@synap/mail';
import type { SecretBox } from '@synap/security';
import type { Logger } from 'pino';
import { outboxFolder } from '../config/data-folder.js';
import type { Environment } from '../config/env.js';
import type { ErrorReports } from '../observability/error-reports.js';

/** Uses the operator's mail server, or the outbox folder. */
export function createMailTransport({
  smtpUrl,
  smtpTls,
  mailFrom,
  dataDir,
}: Environment): MailTransport {
  return smtpUrl
    ? createSmtpTransport({ url: smtpUrl, from: mailFrom, tls: smtpTls })
    : createOutboxTransport({ folder: outboxFolder(dataDir), from: mailFrom });
}

export interface MailDeps {
  mails: Repositories['mails'];
  box: SecretBox;
  transport: MailTransport;
  compose: ComposeMail;
  log: Logger;
  errors: ErrorReports;
}

export function createDelivery({
  mails,
  box,
  transport,
  compose,
  log,
  errors,
}: MailDeps): MailDelivery {
  return createMailDelivery({
    mails,
    box,
    compose,
    send: (id, mail) => transport.send({ id, to: mail.to, ...renderMail(mail) }),
    isFinal: (error) => error instanceof MailRefused,
    onDeadLetter({ id, template, error }) {
      log.error({ err: error, mailId: id, template }, 'a mail could not be delivered');
      errors.report(error, { kind: 'job', task: MAIL_TASK });
    },
  });
}
