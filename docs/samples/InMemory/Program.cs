namespace InMemory;

/// <summary>Runs the tests, one after the other, and tells how each went.</summary>
internal static class Program
{
    public static Task<int> Main() => RunAsync(NetstringReader.ReadAsync, Console.Out);

    /// <returns>How many tests failed.</returns>
    public static async Task<int> RunAsync(NetstringTests.Read reader, TextWriter output)
    {
        NetstringTests tests = new(reader);
        (string Name, Func<Task> Run)[] all =
        [
            (nameof(tests.Two_ends_talk_to_each_other), tests.Two_ends_talk_to_each_other),
            (nameof(tests.Messages_come_whole_from_reads_of_every_size), tests.Messages_come_whole_from_reads_of_every_size),
            (nameof(tests.A_message_that_is_cut_off_anywhere_is_an_error), tests.A_message_that_is_cut_off_anywhere_is_an_error),
            (nameof(tests.A_connection_that_breaks_delivers_what_came_before), tests.A_connection_that_breaks_delivers_what_came_before),
            (nameof(tests.A_writer_waits_for_a_slow_reader), tests.A_writer_waits_for_a_slow_reader),
            (nameof(tests.A_read_that_is_cancelled_loses_nothing), tests.A_read_that_is_cancelled_loses_nothing),
            (nameof(tests.Every_text_comes_back_on_a_thousand_networks), tests.Every_text_comes_back_on_a_thousand_networks),
        ];
        int failed = 0;
        foreach ((string name, Func<Task> run) in all)
        {
            string outcome = "ok    ";
            try
            {
                await run();
            }
            catch (Exception exception)
            {
                // A test that fails must not keep the others from running.
                failed++;
                outcome = $"FAILED ({exception.GetType().Name}: {exception.Message.Split('\n')[0]})";
            }

            await output.WriteLineAsync($"{outcome} {name.Replace('_', ' ')}");
        }

        return failed;
    }
}
