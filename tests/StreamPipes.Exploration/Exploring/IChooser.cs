namespace StreamPipes.Exploration.Exploring;

/// <summary>Decides what an execution leaves open.</summary>
internal interface IChooser
{
    /// <summary>One of so many options; the first is the ordinary one.</summary>
    /// <param name="options">How many there are.</param>
    /// <param name="state">Stands for everything that has been done in the execution so far, and for what is asked.</param>
    /// <param name="preemptionsLeft">How often a thread that could go on may still be interrupted.</param>
    /// <param name="oldReadsLeft">How often an old value may still be read.</param>
    int Choose(int options, ulong state, int preemptionsLeft, int oldReadsLeft);
}
