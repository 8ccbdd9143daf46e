// Where a camera's live picture is shown: while this is to be seen, the program's one view lies in it.
import QtQuick
import KioskUi

Item {
    id: place

    required property CameraFeed feed
    property string viewName

    onVisibleChanged: visible ? LiveView.lieIn(place) : LiveView.leave(place)
    Component.onCompleted: {
        if (visible)
            LiveView.lieIn(place);
    }
    Component.onDestruction: LiveView.leave(place)
}
