import { invitations } from '@synap/contracts';
import { invitationsExamples } from './invitations.examples.js';
import { publicProcedure, router, superuserProcedure } from './trpc.js';

const tags = ['invitations'];

export const invitationsRouter = router({
  list: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/invitations',
        tags,
        summary: 'List invitations',
        examples: invitationsExamples.list,
      },
    })
    .input(invitations.list.input)
    .output(invitations.list.output)
    .query(({ ctx, input }) => ctx.services.invitations.list(ctx.call, input)),

  create: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/invitations',
        tags,
        summary: 'Invite a person',
        description:
          'Sends a mail with a link that is valid for 72 hours. A repeated invitation sends a new link and revokes the earlier one.',
        successStatus: 201,
        idempotent: false,
        errors: [409],
        examples: invitationsExamples.create,
      },
    })
    .input(invitations.create.input)
    .output(invitations.create.output)
    .mutation(({ ctx, input }) => ctx.services.invitations.create(ctx.call, input)),

  remove: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'DELETE',
        path: '/invitations/{id}',
        tags,
        summary: 'Withdraw an invitation',
        successStatus: 204,
        examples: invitationsExamples.remove,
      },
    })
    .input(invitations.remove.input)
    .output(invitations.remove.output)
    .mutation(({ ctx, input }) => ctx.services.invitations.remove(ctx.call, input)),

  accept: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/invitations/accept',
        tags,
        summary: 'Accept an invitation',
        successStatus: 204,
        noStore: true,
        idempotent: false,
        errors: [403, 409],
        examples: invitationsExamples.accept,
      },
    })
    .input(invitations.accept.input)
    .output(invitations.accept.output)
    .mutation(({ ctx, input }) => ctx.services.invitations.accept(ctx.call, input)),
});
