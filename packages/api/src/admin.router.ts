import { admin } from '@synap/contracts';
import { adminExamples } from './admin.examples.js';
import { router, superuserProcedure } from './trpc.js';

const tags = ['admin'];

export const adminRouter = router({
  mail: router({
    test: superuserProcedure
      .meta({
        scope: null,
        openapi: {
          method: 'POST',
          path: '/admin/mail/test',
          tags,
          summary: 'Send a test mail',
          successStatus: 202,
          idempotent: false,
          examples: adminExamples.testMail,
        },
      })
      .input(admin.testMail.input)
      .output(admin.testMail.output)
      .mutation(({ ctx, input }) => ctx.services.admin.testMail(ctx.call, input)),

    preview: superuserProcedure
      .meta({
        scope: null,
        openapi: {
          method: 'GET',
          path: '/admin/mail/preview/{template}',
          tags,
          summary: 'Preview a mail',
          examples: adminExamples.previewMail,
        },
      })
      .input(admin.previewMail.input)
      .output(admin.previewMail.output)
      .query(({ ctx, input }) => ctx.services.admin.previewMail(ctx.call, input)),
  }),
});
