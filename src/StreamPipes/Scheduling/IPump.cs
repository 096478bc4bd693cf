namespace StreamPipes.Scheduling;

/// <summary>What a <see cref="PumpSignal"/> has to know of its pump.</summary>
internal interface IPump
{
    /// <summary>Whether there is something to do. Any thread may ask.</summary>
    bool HasWork { get; }

    /// <summary>Begins to run, on whatever thread this is.</summary>
    void Start();
}
